import { isDeepStrictEqual } from "node:util";
import {
  anything,
  attempt,
  fields,
  list,
  optional,
  text,
} from "../../base/shape";
import { readYaml } from "../../base/yaml";
import {
  ENCRYPTION_KEY_BYTES,
  ENCRYPTION_KEYS,
  encryptionKeyName,
  encryptionKeyPath,
  type EncryptionProvider,
  type EncryptionTarget,
  generationOf,
  KEYED_PROVIDERS,
} from "../../catalog/encryption";
import {
  type EncryptedResources,
  encryptionConfiguration,
  finalConfiguration,
  type RenderedProvider,
} from "../../render/encryption";
import { toYaml } from "../../render/yaml";
import type { Inventory } from "../../store/inventory";
import type { Store } from "../../store/store";
import { wrongKeyLength } from "../make/errors";
import type { Stage } from "./stage";

/** The keys of a store in base64, by their generations. */
export type EncryptionKeys = ReadonlyMap<number, string>;

export function encryptionKeys(store: Store): EncryptionKeys {
  return new Map(
    store.files(ENCRYPTION_KEYS).flatMap((path): [number, string][] => {
      const generation = generationOf(path);
      const content = generation === undefined ? undefined : store.read(path);
      if (generation === undefined || content === undefined) return [];
      if (content.length !== ENCRYPTION_KEY_BYTES)
        throw wrongKeyLength(
          store.shown(encryptionKeyPath(generation)),
          `encryption key of generation ${generation}`,
          content.length,
          ENCRYPTION_KEY_BYTES,
        );
      return [[generation, content.toString("base64")]];
    }),
  );
}

const KEYS = optional(
  list(fields({ name: optional(text), secret: optional(text) })),
);
const CONFIGURATION = fields({
  resources: list(
    fields({
      providers: list(
        fields({
          secretbox: optional(fields({ keys: KEYS })),
          aesgcm: optional(fields({ keys: KEYS })),
        }),
      ),
    }),
  ),
});

/**
 * The generation of a key in an EncryptionConfiguration whose secret is not that of the store, although it has the same
 * name: what it encrypted looks as if the store could decrypt it. `undefined` if there is none.
 */
export function otherKeyIn(
  configuration: Buffer,
  keys: EncryptionKeys,
): number | undefined {
  const found = attempt(() => readYaml(configuration, CONFIGURATION));
  const all = (found?.resources ?? [])
    .flatMap(({ providers }) => providers)
    .flatMap(({ secretbox, aesgcm }) => [
      ...(secretbox?.keys ?? []),
      ...(aesgcm?.keys ?? []),
    ]);
  return [...keys].find(([generation, secret]) =>
    all.some(
      (key) =>
        key.name === encryptionKeyName(generation) && key.secret !== secret,
    ),
  )?.[0];
}

type WrittenWith = Pick<EncryptionTarget, "provider" | "generation">;

/**
 * The last EncryptionConfiguration: that of a node tree, if it says what the program says. While a plan is previewed, it
 * still is the one of before.
 */
export function finalContent(
  target: EncryptionTarget,
  inTree: Buffer | undefined,
  keys: EncryptionKeys,
): Buffer | undefined {
  const wanted = finalConfiguration(target, keys.get(target.generation) ?? "");
  const found = inTree && attempt(() => readYaml(inTree, anything));
  return isDeepStrictEqual(found, wanted) ? inTree : undefined;
}

const PLAIN: WrittenWith = { provider: "identity", generation: 0 };

/**
 * The EncryptionConfigurations before the last one. In each of them, an API server reads what any key of the store
 * encrypted and what is not encrypted: after a restore, etcd may have values of any time.
 */
export function stagedConfigurations(
  target: EncryptionTarget,
  {
    encryption: before,
    encrypting,
  }: Pick<Inventory, "encryption" | "encrypting">,
  keys: EncryptionKeys,
): Readonly<Record<Exclude<Stage, "final">, Buffer>> {
  const left = [before, encrypting]
    .flatMap((each) => each?.resources ?? [])
    .filter((name) => !target.resources.includes(name));
  const resources = [...new Set([...target.resources, ...left])];
  const all = (writer: WrittenWith): RenderedProvider[] =>
    providersOf(writer, keys, target);
  const entries = (
    writerOf: (name: string) => WrittenWith,
  ): EncryptedResources[] => {
    const groups = new Map<WrittenWith, string[]>();
    for (const name of resources) {
      const writer = writerOf(name);
      groups.set(writer, [...(groups.get(writer) ?? []), name]);
    }
    return [...groups].map(([writer, names]) => ({
      resources: names,
      providers: all(writer),
    }));
  };
  const content = (writerOf: (name: string) => WrittenWith): Buffer =>
    Buffer.from(toYaml(encryptionConfiguration(entries(writerOf))));
  return {
    read: content((name) =>
      before?.resources.includes(name) ? before : PLAIN,
    ),
    write: content((name) =>
      target.resources.includes(name) ? target : PLAIN,
    ),
  };
}

/** All providers with all keys. The one that writes is the first, and so is its key. */
function providersOf(
  writer: WrittenWith,
  keys: EncryptionKeys,
  target: EncryptionTarget,
): RenderedProvider[] {
  const providers: readonly EncryptionProvider[] = [
    writer.provider,
    ...[...KEYED_PROVIDERS, "identity" as const].filter(
      (each) => each !== writer.provider,
    ),
  ];
  return providers.flatMap((provider): RenderedProvider[] => {
    if (provider === "identity") return [{ provider, keys: [] }];
    // Nothing tells for sure with which provider a key of earlier times was used.
    const usable = [...keys.keys()]
      .filter(
        (generation) =>
          generation !== target.generation || target.provider === provider,
      )
      .sort((a, b) => b - a);
    const { generation: first } = writer;
    const ordered =
      provider === writer.provider && keys.has(first)
        ? [first, ...usable.filter((generation) => generation !== first)]
        : usable;
    return ordered.length === 0
      ? []
      : [
          {
            provider,
            keys: ordered.map((generation) => ({
              generation,
              secret: keys.get(generation)!,
            })),
          },
        ];
  });
}
