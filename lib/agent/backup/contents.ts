import { createPublicKey } from "node:crypto";
import { orUndefined, sha256 } from "../../base/files";
import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import { publicDer } from "../../pki/keys";
import { isPermanent, pathsIn } from "../../store/artefacts";
import type { Inventory } from "../../store/inventory";
import type { Store } from "../../store/store";

/** The flag of API servers with the file that has the keys of encrypted objects. */
const ENCRYPTION_FLAG = "--encryption-provider-config=";

/**
 * The files of a store without which a snapshot cannot be used: the certificate authorities, the key of the service
 * accounts, and the keys with which API servers encrypt objects in etcd.
 */
export function neededFiles(
  store: Store,
  { nodes = {} }: Pick<Inventory, "nodes">,
): string[] {
  const permanent = [...store.stamps().values()]
    .filter(isPermanent)
    .flatMap(({ files }) => pathsIn(files));
  const encryption = Object.keys(nodes).flatMap((node) =>
    encryptionFiles(store, node),
  );
  return [...new Set([...permanent, ...encryption])].sort();
}

/** The files that API servers of a node read keys from, as its static pod, its unit or its process names them. */
function encryptionFiles(store: Store, node: string): string[] {
  const root = `nodes/${node}/root`;
  const files = store.files(root);
  const starts = files.filter((path) => path.includes(KUBE_APISERVER.id));
  const named = starts.flatMap((path) => {
    const text = store.read(path)?.toString() ?? "";
    const at = text.indexOf(ENCRYPTION_FLAG);
    if (at === -1) return [];
    const [value] = /^[^\s"'\\]*/.exec(
      text.slice(at + ENCRYPTION_FLAG.length),
    ) ?? [""];
    return value === "" ? [] : [`${root}/${value.replace(/^\/+/, "")}`];
  });
  return named.filter((path) => files.includes(path));
}

/** The SHA-256 of the public key in a file; `undefined` if there is none. A certificate and its key have the same. */
export const keyFingerprint = (content: Buffer): string | undefined =>
  orUndefined(() => sha256(publicDer(createPublicKey(content))));
