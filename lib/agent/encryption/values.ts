import {
  ENCRYPTED,
  encryptionPrefix,
  type EncryptionTarget,
  storedResource,
} from "../../catalog/encryption";
import type { Inventory } from "../../store/inventory";
import type { EtcdMaintenance } from "../cluster/etcd-maintenance";

/** A value in etcd, as far as it matters here. */
export interface StoredValue {
  readonly key: string;
  /** What it begins with: `k8s:enc:secretbox:v1:generation-1:`; an empty text if it is not encrypted. */
  readonly prefix: string;
}

/** A folder in etcd with the values of a resource, and what they should begin with. */
export interface EncryptedFolder {
  /** `/registry/secrets/` */
  readonly folder: string;
  /** Where an API server serves the objects: `/api/v1/secrets`. */
  readonly path: string;
  readonly prefix: string;
}

/** The folders whose values change, and what they become: those of the program, and those that left it. */
export function foldersOf(
  target: EncryptionTarget,
  { encryption, encrypting }: Pick<Inventory, "encryption" | "encrypting">,
  root: string,
): EncryptedFolder[] {
  const names = [target, encryption, encrypting].flatMap(
    (each) => each?.resources ?? [],
  );
  return [...new Set(names)].flatMap((name) => {
    const row = storedResource(name);
    if (!row) return [];
    const isWanted = target.resources.includes(name);
    return {
      folder: `${root}/${row.folder}/`,
      path: row.path,
      prefix: isWanted ? encryptionPrefix(target) : "",
    };
  });
}

/** How many values etcd gives at once. Fewer if they are too large together. */
const PAGE = 200;

/** Reads what all values of a folder begin with, page by page. Values that are written meanwhile may be among them or not. */
export async function* valuesIn(
  { folder }: Pick<EncryptedFolder, "folder">,
  client: Pick<EtcdMaintenance, "range">,
): AsyncGenerator<readonly StoredValue[]> {
  const end = afterFolder(folder);
  let from = Buffer.from(folder);
  let limit = PAGE;
  for (;;) {
    const page = await client.range({ from, end, limit });
    if (page === "too large" && limit > 1) {
      limit = Math.ceil(limit / 4);
      continue;
    }
    if (page === "too large")
      throw new Error(`one value behind ${from.toString()} is too large`);
    if (page.values.length === 0) return;
    yield page.values.map(({ key, value }) => ({
      key: key.toString(),
      prefix: prefixOf(value),
    }));
    if (!page.more) return;
    from = Buffer.concat([page.values.at(-1)!.key, Buffer.of(0)]);
  }
}

/** The first key behind all keys of a folder, whose name ends with a slash. */
const afterFolder = (folder: string): Buffer => {
  const end = Buffer.from(folder);
  end[end.length - 1] += 1;
  return end;
};

/** The longest prefix that is looked for, in bytes. */
const LONGEST = 200;

/** `k8s:enc:secretbox:v1:generation-1:` */
function prefixOf(value: Buffer): string {
  const begin = value.subarray(0, LONGEST).toString("latin1");
  if (!begin.startsWith(ENCRYPTED)) return "";
  const [prefix] = /^(?:[^:]*:){5}/.exec(begin) ?? [begin];
  return prefix;
}

/** What the values of these folders begin with, with an example of each. */
export async function prefixesIn(
  folders: readonly EncryptedFolder[],
  client: Pick<EtcdMaintenance, "range">,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const each of folders)
    for await (const values of valuesIn(each, client))
      for (const { key, prefix } of values)
        if (!found.has(prefix)) found.set(prefix, key);
  return found;
}
