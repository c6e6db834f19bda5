import { unusableKubeconfig } from "./errors";
import { fields, list, Mismatch, optional, text } from "../../base/shape";
import { readYaml } from "../../base/yaml";

/** The CA to trust, and the client's own certificate and key, in PEM. */
export interface Credentials {
  readonly ca: string;
  readonly client: { readonly cert: string; readonly key: string };
}

const KUBECONFIG = fields({
  "current-context": optional(text),
  contexts: optional(
    list(
      fields({ name: text, context: fields({ cluster: text, user: text }) }),
    ),
  ),
  clusters: optional(
    list(
      fields({
        name: text,
        cluster: fields({ "certificate-authority-data": optional(text) }),
      }),
    ),
  ),
  users: optional(
    list(
      fields({
        name: text,
        user: fields({
          "client-certificate-data": optional(text),
          "client-key-data": optional(text),
          token: optional(text),
        }),
      }),
    ),
  ),
});

/** The credentials in a kubeconfig of the store, where all of them are embedded. */
export function parseKubeconfig(content: string, path: string): Credentials {
  const { cluster, user } = currentContext(content, path);
  return {
    ca: pem(cluster, "certificate-authority-data", path),
    client: clientCertificate(user, path),
  };
}

/** How the user of a kubeconfig of the store authenticates: with a token, or with a certificate. */
export function parseCredential(
  content: string,
  path: string,
): { readonly token: string } | Credentials["client"] {
  const { user } = currentContext(content, path);
  return user?.token ? { token: user.token } : clientCertificate(user, path);
}

const clientCertificate = (user: Fields, path: string) => ({
  cert: pem(user, "client-certificate-data", path),
  key: pem(user, "client-key-data", path),
});

type Fields = Readonly<Record<string, string | undefined>> | undefined;

function pem(fields: Fields, field: string, path: string): string {
  const base64 = fields?.[field];
  if (!base64) throw unusableKubeconfig(path, `${field} is missing`);
  return Buffer.from(base64, "base64").toString();
}

function currentContext(content: string, path: string) {
  const file = readFile(content, path);
  const named = <T extends { readonly name: string }>(
    list: readonly T[] | undefined,
    name: string | undefined,
  ) => list?.find((each) => each.name === name);
  const context = named(file.contexts, file["current-context"])?.context;
  return {
    user: named(file.users, context?.user)?.user,
    cluster: named(file.clusters, context?.cluster)?.cluster,
  };
}

function readFile(content: string, path: string) {
  try {
    return readYaml(content, KUBECONFIG);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw unusableKubeconfig(path, error.message);
  }
}
