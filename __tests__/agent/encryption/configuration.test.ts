import {
  finalContent,
  stagedConfigurations,
} from "../../../lib/agent/encryption/configuration";
import { fromYaml } from "../../../lib/base/yaml";
import type { EncryptionTarget } from "../../../lib/catalog/encryption";
import { finalConfiguration } from "../../../lib/render/encryption";
import { toYaml } from "../../../lib/render/yaml";

const KEYS = new Map([
  [1, "b25l"],
  [2, "dHdv"],
  [3, "dGhyZWU="],
]);
const secretbox = (
  generation: number,
  resources: readonly string[] = ["secrets"],
): EncryptionTarget => ({ provider: "secretbox", generation, resources });

interface Configuration {
  readonly resources: readonly {
    readonly resources: readonly string[];
    readonly providers: readonly Record<
      string,
      { readonly keys?: readonly { readonly name: string }[] }
    >[];
  }[];
}

/** Per resource what reads it, in order: `secretbox 2`, `identity`. The first one writes. */
function readers(content: Buffer): Record<string, string[]> {
  const { resources } = fromYaml(content.toString()) as Configuration;
  return Object.fromEntries(
    resources.flatMap(({ resources: names, providers }) => {
      const all = providers.flatMap((each) => {
        const [[provider, { keys }]] = Object.entries(each);
        return (
          keys?.map(
            ({ name }) => `${provider} ${name.replace("generation-", "")}`,
          ) ?? [provider]
        );
      });
      return names.map((name) => [name, all]);
    }),
  );
}

const stages = (
  target: EncryptionTarget,
  before: Parameters<typeof stagedConfigurations>[1],
  keys: ReadonlyMap<number, string>,
) => {
  const { read, write } = stagedConfigurations(target, before, keys);
  return { read: readers(read), write: readers(write) };
};

const upTo = (generation: number) =>
  new Map([...KEYS].filter(([each]) => each <= generation));

test("the first key is read before it writes", () => {
  expect(stages(secretbox(1), {}, upTo(1))).toEqual({
    read: { secrets: ["identity", "secretbox 1"] },
    write: { secrets: ["secretbox 1", "identity"] },
  });
});

test("the next key is read before it writes, and the earlier one afterwards", () => {
  const { read, write } = stages(
    secretbox(2),
    { encryption: secretbox(1) },
    upTo(2),
  );
  expect(read.secrets).toEqual([
    "secretbox 1",
    "secretbox 2",
    "aesgcm 1",
    "identity",
  ]);
  expect(write.secrets).toEqual([
    "secretbox 2",
    "secretbox 1",
    "aesgcm 1",
    "identity",
  ]);
});

test("keys of all times are read, with each provider that may have used them", () => {
  const { write } = stages(
    { ...secretbox(3), provider: "aesgcm" },
    { encryption: secretbox(2) },
    upTo(3),
  );
  expect(write.secrets).toEqual([
    "aesgcm 3",
    "aesgcm 2",
    "aesgcm 1",
    "secretbox 2",
    "secretbox 1",
    "identity",
  ]);
});

test("without encryption, values are written as they are, and still read", () => {
  const off: EncryptionTarget = {
    provider: "identity",
    generation: 2,
    resources: ["secrets"],
  };
  const { read, write } = stages(off, { encryption: secretbox(1) }, upTo(2));
  expect(read.secrets[0]).toBe("secretbox 1");
  expect(write.secrets[0]).toBe("identity");
  expect(write.secrets).toContain("secretbox 1");
});

test("a resource that comes is encrypted, and one that leaves is decrypted, with the same key", () => {
  const { read, write } = stages(
    secretbox(1, ["secrets", "configmaps"]),
    { encryption: secretbox(1, ["secrets", "leases.coordination.k8s.io"]) },
    upTo(1),
  );
  const firstOf = (all: Record<string, string[]>) =>
    Object.fromEntries(Object.entries(all).map(([name, [one]]) => [name, one]));
  expect(firstOf(read)).toEqual({
    secrets: "secretbox 1",
    configmaps: "identity",
    "leases.coordination.k8s.io": "secretbox 1",
  });
  expect(firstOf(write)).toEqual({
    secrets: "secretbox 1",
    configmaps: "secretbox 1",
    "leases.coordination.k8s.io": "identity",
  });
});

test("the record of the proof does not change what an API server should have meanwhile", () => {
  const before = stages(secretbox(2), { encryption: secretbox(1) }, upTo(2));
  const after = stages(secretbox(2), { encryption: secretbox(2) }, upTo(2));
  expect(after.write).toEqual(before.write);
});

test("a resource of a rollout that was not done is decrypted, too", () => {
  const { write } = stages(
    secretbox(1),
    { encrypting: secretbox(1, ["secrets", "pods"]) },
    upTo(1),
  );
  expect(write.pods).toEqual(["identity", "secretbox 1"]);
});

test("while a plan is previewed, the tree has the configuration of before", () => {
  const inTree = (generation: number) =>
    Buffer.from(
      toYaml(finalConfiguration(secretbox(generation), KEYS.get(generation)!)),
    );
  const content = (target: EncryptionTarget, tree: Buffer) =>
    finalContent(target, tree, KEYS);
  expect(content(secretbox(1), inTree(1))).toEqual(inTree(1));
  expect(content(secretbox(2), inTree(1))).toBeUndefined();
  expect(content(secretbox(2, ["pods"]), inTree(2))).toBeUndefined();
});
