import type { Certificate } from "./certificate";
import { checkProps } from "../../props/check";

/**
 * A command that prints a credential, for OpenID Connect for example.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export interface ExecProps {
  /**
   * The version of the credential API that the command implements.
   * @default "client.authentication.k8s.io/v1"
   */
  readonly apiVersion?: string;
  /** The name of the command on the PATH of the person who uses the kubeconfig, or its path. */
  readonly command: string;
  /**
   * The arguments of the command.
   * @default - none
   */
  readonly args?: readonly string[];
  /**
   * Environment variables, in addition to the caller's. Not for secrets: plan and state show them.
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * A hint that is shown if the command is missing.
   * @default - none
   */
  readonly installHint?: string;
  /**
   * Whether the command may ask for input at the terminal.
   * @default "IfAvailable"
   */
  readonly interactiveMode?: "Never" | "IfAvailable" | "Always";
}

/** How the user of a kubeconfig authenticates. */
export class KubeconfigUser {
  /** Uses a client certificate that is made together with the kubeconfig, and exists only in it. */
  static certificate(props: {
    readonly commonName: string;
    /** The groups of the user. @default - none */
    readonly organizations?: readonly string[];
  }): KubeconfigUser {
    checkProps(
      "KubeconfigUser.certificate",
      props,
      "KubeconfigUser.certificate",
    );
    return new KubeconfigUser({ kind: "own", ...props });
  }

  /** Embeds a certificate from the same store. */
  static embedded(certificate: Certificate): KubeconfigUser {
    return new KubeconfigUser({ kind: "embedded", certificate });
  }

  /** Refers to a certificate and a key by their paths on the machine where the kubeconfig is used. */
  static files(props: {
    readonly certificate: string;
    readonly key: string;
  }): KubeconfigUser {
    checkProps("KubeconfigUser.files", props, "KubeconfigUser.files");
    return new KubeconfigUser({ kind: "files", ...props });
  }

  /** Embeds a token that is read from a file on this machine at apply. */
  static token(props: { readonly source: string }): KubeconfigUser {
    checkProps("KubeconfigUser.token", props, "KubeconfigUser.token");
    return new KubeconfigUser({ kind: "token", ...props });
  }

  /** Refers to a file from which the token is read whenever the kubeconfig is used. */
  static tokenFile(path: string): KubeconfigUser {
    return new KubeconfigUser({ kind: "token-file", path });
  }

  /** Uses the credential that a command prints. */
  static exec(props: ExecProps): KubeconfigUser {
    checkProps("ExecProps", props, "KubeconfigUser.exec");
    return new KubeconfigUser({ kind: "exec", ...props });
  }

  private constructor(
    /** @internal */
    readonly options:
      | { kind: "own"; commonName: string; organizations?: readonly string[] }
      | { kind: "embedded"; certificate: Certificate }
      | { kind: "files"; certificate: string; key: string }
      | { kind: "token"; source: string }
      | { kind: "token-file"; path: string }
      | ({ kind: "exec" } & ExecProps),
  ) {}
}
