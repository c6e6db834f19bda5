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
        }),
      }),
    ),
  ),
});

/** The credentials in a kubeconfig of the store, where all of them are embedded. */
export function parseKubeconfig(content: string, path: string): Credentials {
  const file = readFile(content, path);
  const named = <T extends { readonly name: string }>(
    list: readonly T[] | undefined,
    name: string | undefined,
  ) => list?.find((each) => each.name === name);
  const context = named(file.contexts, file["current-context"])?.context;
  const user = named(file.users, context?.user)?.user;
  const cluster = named(file.clusters, context?.cluster)?.cluster;
  const pem = (field: string, base64: string | undefined) => {
    if (!base64) throw unusableKubeconfig(path, `${field} is missing`);
    return Buffer.from(base64, "base64").toString();
  };
  return {
    ca: pem(
      "certificate-authority-data",
      cluster?.["certificate-authority-data"],
    ),
    client: {
      cert: pem("client-certificate-data", user?.["client-certificate-data"]),
      key: pem("client-key-data", user?.["client-key-data"]),
    },
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
