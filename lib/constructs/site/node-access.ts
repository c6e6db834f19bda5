import type { Construct } from "constructs";
import type { AccessRequest } from "../../request/access";
import { hasToken } from "../../terraform/expression";
import type { Requirement } from "../../terraform/requirement";
import { Duration, LONGEST_WAIT, SECOND } from "../duration";
import { pathForAgent } from "../files";
import { hostKeyOf, sshRequirements, validateSsh } from "./ssh-validation";
import type { SshProps } from "./ssh-props";
import { checkProps } from "../../props/check";

/** Options for a node that is this machine. */
export interface LocalProps {
  /**
   * Whether to use `sudo`, without a password, if Terraform does not run as root.
   * @default true
   */
  readonly sudo?: boolean;
}

/** How a node's host is reached. */
export class NodeAccess {
  /** Not reached: the files stay in the node tree in the store, for use by another tool or in an image. */
  static directory(): NodeAccess {
    return new NodeAccess({ kind: "directory" });
  }

  /**
   * Reached over SSH. The host needs systemd, kubelet, a container runtime, `sh` and `tar`. Throws if the props are not
   * valid.
   */
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
      connectTimeout: connectTimeout
        .requireWithin("connectTimeout of NodeAccess.ssh", SECOND, LONGEST_WAIT)
        .toSeconds(),
    });
  }

  /** Reached locally: the node is the machine on which Terraform runs. */
  static local(props: LocalProps = {}): NodeAccess {
    checkProps("LocalProps", props, "NodeAccess.local");
    return new NodeAccess({ kind: "local", sudo: props.sudo ?? true });
  }

  private constructor(private readonly options: AccessRequest) {}

  /** Whether a rollout delivers the files to a host. @internal */
  get isHosted(): boolean {
    return this.options.kind !== "directory";
  }

  /** Identifies the host, which can be only one node. Undefined for a directory. @internal */
  get machine(): string | undefined {
    if (this.options.kind !== "ssh")
      return this.isHosted ? "this machine" : undefined;
    const { host, port = 22, jumpHost } = this.options;
    // The same address behind a different jump host belongs to a different machine.
    return [`${host}:${port}`, ...(jumpHost ? [jumpHost] : [])].join(" via ");
  }

  /** What its texts must be for a node. @internal */
  requirements(node: string): Requirement[] {
    return this.options.kind === "ssh"
      ? sshRequirements(this.options, node)
      : [];
  }

  /** The request for the agent, in which paths are relative to the stack's folder. @internal */
  request(scope: Construct): AccessRequest {
    const { options } = this;
    if (options.kind !== "ssh" || options.identityFile === undefined)
      return options;
    const { identityFile } = options;
    return {
      ...options,
      identityFile: hasToken(identityFile)
        ? identityFile
        : pathForAgent(scope, identityFile),
    };
  }
}
