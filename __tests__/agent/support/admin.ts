import { load } from "js-yaml";
import { authority, keyPair } from "./artefacts";
import { Workplace } from "./workplace";

export async function withAuthority(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch([authority(), keyPair()], { batch: "ca" });
  return place;
}

interface Client {
  readonly users: readonly {
    readonly user: Readonly<Record<string, string>>;
  }[];
  readonly clusters: readonly {
    readonly cluster: Readonly<Record<string, string>>;
  }[];
}
export const clientOf = (place: Workplace) => {
  const { users, clusters } = load(
    place.read("kubeconfigs/admin.conf"),
  ) as Client;
  const decoded = (base64: string) => Buffer.from(base64, "base64").toString();
  return {
    certificate: decoded(users[0].user["client-certificate-data"]),
    key: decoded(users[0].user["client-key-data"]),
    authority: decoded(clusters[0].cluster["certificate-authority-data"]),
  };
};
