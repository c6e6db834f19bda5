import { unusableKubeconfig } from "../errors-cluster";
import { fromYaml } from "../yaml";

/** Whom one trusts, and who one is, all of it PEM. */
export interface Credentials {
  readonly ca: string;
  readonly client: { readonly cert: string; readonly key: string };
}

interface Kubeconfig {
  readonly "current-context"?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster: { readonly "certificate-authority-data"?: string };
  }[];
  readonly users?: readonly {
    readonly name: string;
    readonly user: {
      readonly "client-certificate-data"?: string;
      readonly "client-key-data"?: string;
    };
  }[];
}

/** Of a kubeconfig of the store: everything is in the file itself. */
export function parseKubeconfig(text: string, path: string): Credentials {
  const file = fromYaml(text) as Kubeconfig | undefined;
  const named = <T extends { readonly name: string }>(
    list: readonly T[] | undefined,
    name: string | undefined,
  ) => list?.find((each) => each.name === name);
  const context = named(file?.contexts, file?.["current-context"])?.context;
  const user = named(file?.users, context?.user)?.user;
  const cluster = named(file?.clusters, context?.cluster)?.cluster;
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
