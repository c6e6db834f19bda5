import { Construct } from "constructs";
import { certificateSpec } from "../../render/certificate";
import {
  EMBEDDED_CLIENT_CERTIFICATE,
  kubeconfig,
} from "../../render/kubeconfig";
import { placesOf, reference } from "../../render/references";
import type { CertificateSpec, KubeconfigSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { code } from "../../terraform/expression";
import { yamlTemplate } from "../../terraform/template";
import { isMapToken } from "../../terraform/tokens";
import type { Certificate } from "./certificate";
import { type ICertificateAuthority, issuerOf } from "./certificate-authority";
import type { Duration } from "../duration";
import { type FileAccess, fileReference, PRIVATE } from "../files";
import type { KeyAlgorithm } from "./key-algorithm";
import { certificateLifetime } from "./lifetime";
import { checkProps } from "../../props/check";

/**
 * A command that prints a credential, for OpenID Connect and its like.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export interface ExecProps {
  /**
   * What the command speaks.
   * @default "client.authentication.k8s.io/v1"
   */
  readonly apiVersion?: string;
  /** The command, by its name on the PATH of whoever uses the kubeconfig, or by its path. */
  readonly command: string;
  /**
   * Its arguments.
   * @default - none
   */
  readonly args?: readonly string[];
  /**
   * Environment variables on top of the caller's. Public: plan and state show them.
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Shown where the command is missing.
   * @default - nothing
   */
  readonly installHint?: string;
  /**
   * Whether it may ask the person at the terminal.
   * @default "IfAvailable"
   */
  readonly interactiveMode?: "Never" | "IfAvailable" | "Always";
}

/** How the user of a kubeconfig shows who it is. */
export class KubeconfigUser {
  /** With a certificate that is made with the kubeconfig and lives only in it. */
  static certificate(props: {
    readonly commonName: string;
    /** Kubernetes takes them for groups. @default - none */
    readonly organizations?: readonly string[];
  }): KubeconfigUser {
    checkProps(
      "KubeconfigUser.certificate",
      props,
      "KubeconfigUser.certificate",
    );
    return new KubeconfigUser({ kind: "own", ...props });
  }

  /** With a certificate of the same store, embedded. */
  static embedded(certificate: Certificate): KubeconfigUser {
    return new KubeconfigUser({ kind: "embedded", certificate });
  }

  /** With files, by their paths where the kubeconfig is used. */
  static files(props: {
    readonly certificate: string;
    readonly key: string;
  }): KubeconfigUser {
    checkProps("KubeconfigUser.files", props, "KubeconfigUser.files");
    return new KubeconfigUser({ kind: "files", ...props });
  }

  /** With a token that is read from a file on this machine at apply, and embedded. */
  static token(props: { readonly source: string }): KubeconfigUser {
    checkProps("KubeconfigUser.token", props, "KubeconfigUser.token");
    return new KubeconfigUser({ kind: "token", ...props });
  }

  /** With a token that is read from a file whenever the kubeconfig is used. */
  static tokenFile(path: string): KubeconfigUser {
    return new KubeconfigUser({ kind: "token-file", path });
  }

  /** With what a command prints. */
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

/** The cluster and the user of a kubeconfig. */
export interface KubeconfigProps {
  /** Signs the API servers' certificates, and the user's where it has one. */
  readonly certificateAuthority: ICertificateAuthority;

  /** Where the API servers are: `https://host:port`. */
  readonly server: string;

  /**
   * The cluster's name in the file.
   * @default "kubernetes"
   */
  readonly clusterName?: string;

  /** How its user shows who it is. */
  readonly user: KubeconfigUser;

  /**
   * The user's name in the file.
   * @default - the common name of its certificate, else the id
   */
  readonly userName?: string;

  /**
   * The namespace of its context.
   * @default - none
   */
  readonly namespace?: string;

  /**
   * Names the authority's certificate by its path where the kubeconfig is used.
   * @default - it is embedded
   */
  readonly certificateAuthorityFile?: string;

  /**
   * What the key of a certificate of its own is made with.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long a certificate of its own is valid.
   * @default Duration.days(365)
   */
  readonly validity?: Duration;

  /**
   * How long before its end a certificate of its own is planned again, never before two thirds of its lifetime.
   * @default - a third of its lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * Where it is in the store.
   * @default - `kubeconfigs/<id>.conf`
   */
  readonly path?: string;

  /**
   * In words, for `cdktf-control-plane inspect`.
   * @default - `kubeconfig <id>`
   */
  readonly purpose?: string;

  /** Makes it together with others. @internal */
  readonly batch?: Batch;

  /** Who may read it on a node. @internal */
  readonly access?: FileAccess;
}

/** A kubeconfig: one cluster, one user, one context. */
export class Kubeconfig extends Construct {
  /** @internal */
  readonly artefact: Artefact;

  constructor(scope: Construct, id: string, props: KubeconfigProps) {
    super(scope, id);
    checkProps("KubeconfigProps", props, `Kubeconfig "${id}"`);
    const authority = props.certificateAuthority;
    const { store } = authority;
    const path = props.path ?? `kubeconfigs/${id}.conf`;
    const user = props.user.options;
    const userName =
      props.userName ?? (user.kind === "own" ? user.commonName : id);
    const spec: KubeconfigSpec = {
      ...(user.kind === "own" && {
        clientCertificate: clientCertificate(user, props),
      }),
      config: kubeconfig({
        clusterName: props.clusterName ?? "kubernetes",
        server: props.server,
        authority:
          props.certificateAuthorityFile ??
          reference({ $base64: authority.artefact.files[0].path }),
        user: userName,
        credentials: this.credentials(props.user),
        namespace: props.namespace,
      }),
    };
    const batch =
      props.batch ??
      new Batch(this, "batch", { store, name: path, title: path });
    const signed = user.kind === "own";
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch,
      kind: "kubeconfig",
      purpose: props.purpose ?? `kubeconfig ${id}`,
      files: [{ path, ...(props.access ?? PRIVATE) }],
      spec: yamlTemplate(spec, toYaml),
      references: placesOf([spec]),
      upstream: [
        authority.artefact,
        ...(user.kind === "embedded" ? [user.certificate.artefact] : []),
      ],
      ...(signed && { issuer: issuerOf(authority), expires: true }),
      renewBefore: signed ? props.renewBefore?.toString() : undefined,
    });
    if (signed && !authority.hasKey) store.signatures.addBatch(batch);
  }

  /** The file, absolute; known once it is made. */
  get path(): string {
    return this.artefact.pathOf(this.artefact.files[0], "path");
  }

  /** When its own certificate ends, RFC 3339; known once it is made. */
  get notAfter(): string {
    return this.artefact.notAfter;
  }

  private credentials({ options }: KubeconfigUser): Record<string, unknown> {
    switch (options.kind) {
      case "own":
        return EMBEDDED_CLIENT_CERTIFICATE;
      case "embedded": {
        const [certificate, key] = options.certificate.artefact.files;
        return {
          "client-certificate-data": reference({ $base64: certificate.path }),
          "client-key-data": reference({ $base64: key.path }),
        };
      }
      case "files":
        return {
          "client-certificate": options.certificate,
          "client-key": options.key,
        };
      case "token":
        return {
          token: reference({ $text: fileReference(this, options.source) }),
        };
      case "token-file":
        return { tokenFile: options.path };
      case "exec":
        return { exec: execOf(options) };
    }
  }
}

function clientCertificate(
  user: { commonName: string; organizations?: readonly string[] },
  props: KubeconfigProps,
): CertificateSpec {
  return certificateSpec(
    user,
    [],
    ["clientAuth"],
    certificateLifetime(props, props.certificateAuthority),
  );
}

function execOf(exec: ExecProps): Record<string, unknown> {
  return {
    apiVersion: exec.apiVersion ?? "client.authentication.k8s.io/v1",
    command: exec.command,
    ...(exec.args && { args: exec.args }),
    ...(exec.env && { env: variablesOf(exec.env) }),
    ...(exec.installHint && { installHint: exec.installHint }),
    interactiveMode: exec.interactiveMode ?? "IfAvailable",
  };
}

/** Where all of them are known only at apply, Terraform makes the list. */
const variablesOf = (env: Readonly<Record<string, string>>): unknown =>
  Object.keys(env).some(isMapToken)
    ? code`[for name, value in ${env} : {name = name, value = value}]`
    : Object.entries(env).map(([name, value]) => ({ name, value }));
