import { Construct } from "constructs";
import { certificateSpec } from "../../render/certificate";
import {
  EMBEDDED_CLIENT_CERTIFICATE,
  kubeconfig,
} from "../../render/kubeconfig";
import { placesOf, reference } from "../../render/references";
import type { KubeconfigSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { code } from "../../terraform/expression";
import { yamlTemplate } from "../../terraform/template";
import { isMapToken } from "../../terraform/tokens";
import { type ICertificateAuthority, issuerOf } from "./authority";
import type { Duration } from "../duration";
import { type FileAccess, fileReference, PRIVATE } from "../files";
import type { KeyAlgorithm } from "./key-algorithm";
import { certificateLifetime, renewalOf } from "./lifetime";
import type { ExecProps, KubeconfigUser } from "./kubeconfig-user";
import {
  ephemeralCredentials,
  type EphemeralCredentials,
  type KubeconfigFile,
  providerCredentials,
  type ProviderCredentials,
} from "./provider-credentials";
import { noEmbeddedCredential } from "./credentials-errors";
import { checkProps } from "../../props/check";

/** Describes the cluster and the user of a kubeconfig. */
export interface KubeconfigProps {
  /**
   * The CA that signed the certificates of the API servers. It also signs the client certificate, if the kubeconfig
   * gets its own.
   */
  readonly certificateAuthority: ICertificateAuthority;

  /** The URL of the API servers: `https://host:port`. */
  readonly server: string;

  /**
   * The cluster's name in the file.
   * @default "kubernetes"
   */
  readonly clusterName?: string;

  /** How the user authenticates. */
  readonly user: KubeconfigUser;

  /**
   * The user's name in the file.
   * @default - the common name of its own certificate, or the id if it has none
   */
  readonly userName?: string;

  /**
   * The namespace of its context.
   * @default - none
   */
  readonly namespace?: string;

  /**
   * The path of the CA certificate on the machine where the kubeconfig is used.
   * @default - the CA certificate is embedded
   */
  readonly certificateAuthorityFile?: string;

  /**
   * The key algorithm of its own certificate, if it has one.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long its own certificate is valid, if it has one.
   * @default Duration.days(365)
   */
  readonly validity?: Duration;

  /**
   * How long before its end its own certificate is planned for renewal, but never before two thirds of its lifetime
   * have passed.
   * @default - a third of its lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * Its path in the store.
   * @default - `kubeconfigs/<id>.conf`
   */
  readonly path?: string;

  /**
   * A description for `cdktf-control-plane inspect`.
   * @default - `kubeconfig <id>`
   */
  readonly purpose?: string;

  /** The batch that makes it together with other artefacts. @internal */
  readonly batch?: Batch;

  /** Mode and owner of the file on a node. @internal */
  readonly access?: FileAccess;
}

/** A kubeconfig: one cluster, one user, one context. */
export class Kubeconfig extends Construct {
  /** @internal */
  readonly artefact: Artefact;
  private readonly props: KubeconfigProps;

  constructor(scope: Construct, id: string, props: KubeconfigProps) {
    super(scope, id);
    checkProps("KubeconfigProps", props, `Kubeconfig "${id}"`);
    this.props = props;
    const authority = props.certificateAuthority;
    const { store } = authority;
    const path = props.path ?? `kubeconfigs/${id}.conf`;
    const user = props.user.options;
    const userName =
      props.userName ?? (user.kind === "own" ? user.commonName : id);
    const spec: KubeconfigSpec = {
      ...(user.kind === "own" && {
        clientCertificate: certificateSpec(
          user,
          [],
          ["clientAuth"],
          certificateLifetime(props, authority, `the kubeconfig "${id}"`),
        ),
      }),
      config: kubeconfig({
        clusterName: props.clusterName ?? "kubernetes",
        server: props.server,
        authority:
          props.certificateAuthorityFile ??
          reference({ $base64: authority.artefact.files[0].path }),
        user: userName,
        credentials: this.userFields(props.user),
        namespace: props.namespace,
      }),
    };
    const batch =
      props.batch ??
      new Batch(this, "batch", { store, name: path, title: path });
    const isSigned = user.kind === "own";
    const purpose = props.purpose ?? `kubeconfig ${id}`;
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch,
      kind: "kubeconfig",
      purpose,
      files: [{ path, ...(props.access ?? PRIVATE) }],
      spec: yamlTemplate(spec, toYaml),
      references: placesOf([spec]),
      upstream: [
        authority.artefact,
        ...(user.kind === "embedded" ? [user.certificate.artefact] : []),
      ],
      ...(isSigned && { issuer: issuerOf(authority), expires: true }),
      renewBefore: isSigned ? renewalOf(props, purpose) : undefined,
    });
    if (isSigned && !authority.hasKey) store.signatures.addBatch(batch);
  }

  /** The absolute path of the file. Known after the apply. */
  get path(): string {
    return this.artefact.pathOf(this.artefact.files[0], "path");
  }

  /** When its own certificate expires, as an RFC 3339 time. Known after the apply. */
  get notAfter(): string {
    return this.artefact.notAfter;
  }

  /**
   * How a provider in another stack reaches the API servers as this user. Terraform never sees the key: the provider
   * runs a command that reads it from the store. The stack is deployed after the one with the store.
   * @param stack The stack of the provider, or a construct in it.
   */
  credentials(stack: Construct): ProviderCredentials {
    return providerCredentials(this.file(), stack);
  }

  /**
   * How a provider in another stack reaches the API servers as this user, with certificate and key as ephemeral values.
   * Needs Terraform 1.10 or OpenTofu 1.11. The stack is deployed after the one with the store.
   * @param stack The stack of the provider, or a construct in it.
   */
  ephemeralCredentials(stack: Construct): EphemeralCredentials {
    const { kind } = this.props.user.options;
    return ephemeralCredentials(
      this.file(),
      stack,
      kind === "token" ? "token" : "certificate",
    );
  }

  private file(): KubeconfigFile {
    const { server, certificateAuthority, user } = this.props;
    const { kind } = user.options;
    if (kind !== "own" && kind !== "embedded" && kind !== "token")
      throw noEmbeddedCredential(this.node.id);
    const { store, name: path } = this.artefact;
    return { store, path, server, certificateAuthority };
  }

  private userFields({ options }: KubeconfigUser): Record<string, unknown> {
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

/** If the whole map is known only at apply, Terraform makes the list. */
const variablesOf = (env: Readonly<Record<string, string>>): unknown =>
  Object.keys(env).some(isMapToken)
    ? code`[for name, value in ${env} : {name = name, value = value}]`
    : Object.entries(env).map(([name, value]) => ({ name, value }));
