import type { Construct } from "constructs";
import type { AccessRequest } from "../../request/request";
import { fromStack } from "../../terraform/store-folder";
import { hasToken } from "../../terraform/expression";
import { Duration } from "../duration";
import { hostKeyOf, validateSsh } from "./ssh-validation";
import type { SshProps } from "./ssh-props";
import { checkProps } from "../../props/check";

/** How this machine is used as a node. */
export interface LocalProps {
  /**
   * Whether `sudo`, without a password, is used where Terraform doesn't run as root.
   * @default true
   */
  readonly sudo?: boolean;
}

/** How a node's files get to it. */
export class NodeAccess {
  /** They do not: the store's tree of this node is where they stay, for an image or another tool to take. */
  static directory(): NodeAccess {
    return new NodeAccess({ kind: "directory" });
  }

  /** Over SSH: the machine needs systemd, kubelet, a container runtime, `sh` and `tar`. Throws where props are not valid. */
  static ssh(props: SshProps): NodeAccess {
    checkProps("SshProps", props, "NodeAccess.ssh");
    validateSsh(props);
    const { host, user, port, identityFile, jumpHost, hostKey } = props;
    const { sudo = true, connectTimeout = Duration.minutes(2) } = props;
    return new NodeAccess({
      kind: "ssh",
      host,
      user,
      port,
      identityFile,
      jumpHost,
      hostKey: hostKey === undefined ? undefined : hostKeyOf(hostKey),
      sudo,
      connectTimeout: connectTimeout.toSeconds(),
    });
  }

  /** The machine that Terraform runs on. */
  static local(props: LocalProps = {}): NodeAccess {
    checkProps("LocalProps", props, "NodeAccess.local");
    return new NodeAccess({ kind: "local", sudo: props.sudo ?? true });
  }

  private constructor(private readonly options: AccessRequest) {}

  /** Whether a rollout brings the files to a host. @internal */
  get isHosted(): boolean {
    return this.options.kind !== "directory";
  }

  /** What no second node can have: the machine that it leads to. @internal */
  get machine(): string | undefined {
    if (this.options.kind !== "ssh")
      return this.isHosted ? "this machine" : undefined;
    const { host, port = 22, jumpHost } = this.options;
    // Behind another jump host an address is another machine's.
    return [`${host}:${port}`, ...(jumpHost ? [jumpHost] : [])].join(" via ");
  }

  /** As the agent is told, its paths from the stack's folder. @internal */
  request(scope: Construct): AccessRequest {
    const { options } = this;
    if (options.kind !== "ssh" || options.identityFile === undefined)
      return options;
    const { identityFile } = options;
    return {
      ...options,
      // Whose home it is shows at apply: what is synthesized is the same for everybody.
      identityFile:
        hasToken(identityFile) || identityFile.startsWith("~/")
          ? identityFile
          : fromStack(scope, identityFile),
    };
  }
}
