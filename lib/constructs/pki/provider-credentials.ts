import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { commandOf } from "../../terraform/agent";
import { EphemeralMark } from "../../terraform/ephemeral";
import { code, type Expression, quote } from "../../terraform/expression";
import type { Store } from "../../terraform/store";
import { textTemplate } from "../../terraform/template";
import type { ICertificateAuthority } from "./authority";
import { credentialsInOwnStack } from "./credentials-errors";

/**
 * How a provider in another stack reaches the API servers. The fields are named as in the bindings of the providers
 * `kubernetes` and `helm`.
 */
export interface ProviderCredentials {
  /** The URL of the API servers. */
  readonly host: string;
  /** The CA that signed their certificates, in PEM. */
  readonly clusterCaCertificate: string;
  /** The command that gives the provider its credential whenever it connects. Terraform never has it. */
  readonly exec: CredentialCommand;
}

/**
 * A command that prints a credential.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export interface CredentialCommand {
  /** The version of what the command prints. */
  readonly apiVersion: string;
  /** The program, which is on the PATH. */
  readonly command: string;
  /** Its arguments. */
  readonly args: string[];
}

/**
 * How a provider in another stack reaches the API servers, with the credential as values. They are ephemeral: Terraform
 * writes them neither into a plan nor into a state, and refuses them in everything that it does write.
 */
export interface EphemeralCredentials extends Omit<
  ProviderCredentials,
  "exec"
> {
  /**
   * The client certificate, in PEM.
   * @default - none, because the kubeconfig has a token
   */
  readonly clientCertificate?: string;
  /**
   * The key of the client certificate, in PEM.
   * @default - none, because the kubeconfig has a token
   */
  readonly clientKey?: string;
  /**
   * The token.
   * @default - none, because the kubeconfig has a client certificate
   */
  readonly token?: string;
}

/** A kubeconfig with an embedded credential. */
export interface KubeconfigFile {
  readonly store: Store;
  /** Its path in the store. */
  readonly path: string;
  readonly server: string;
  readonly certificateAuthority: ICertificateAuthority;
}

/** @param scope The stack of the provider, or a construct in it. */
export function providerCredentials(
  file: KubeconfigFile,
  scope: Construct,
): ProviderCredentials {
  return {
    ...cluster(file, scope),
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "node",
      args: [commandOf(scope), "token", textTemplate(pathOf(file))],
    },
  };
}

/** @param scope The stack of the provider, or a construct in it. */
export function ephemeralCredentials(
  file: KubeconfigFile,
  scope: Construct,
  kind: "certificate" | "token",
): EphemeralCredentials {
  const user = code`yamldecode(file(${quote(pathOf(file))})).users[0].user`;
  const mark = EphemeralMark.in(scope);
  const decoded = (field: string): Expression =>
    code`base64decode(${user}["${field}"])`;
  return {
    ...cluster(file, scope),
    ...(kind === "token"
      ? { token: mark.on(code`${user}.token`) }
      : {
          clientCertificate: mark.on(decoded("client-certificate-data")),
          clientKey: mark.on(decoded("client-key-data")),
        }),
  };
}

function cluster(
  { store, server, certificateAuthority }: KubeconfigFile,
  scope: Construct,
) {
  const [own, other] = [TerraformStack.of(store), TerraformStack.of(scope)];
  // In one stack, Terraform might use the provider before there is a cluster.
  if (own === other) throw credentialsInOwnStack(own.node.id);
  other.addDependency(own);
  return {
    host: server,
    clusterCaCertificate: certificateAuthority.certificatePem,
  };
}

/** Its path from the folder of a stack, in which Terraform and its providers run. The folders of all stacks are siblings. */
const pathOf = ({ store, path }: KubeconfigFile): string => store.pathOf(path);
