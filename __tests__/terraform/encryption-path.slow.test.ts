import { Encryption, NodeAccess } from "../../lib";
import type { EncryptionTarget } from "../../lib/catalog/encryption";
import { encryptionKeyPath } from "../../lib/catalog/encryption";
import { cluster, node, STORE } from "../support/cluster";
import { LiveCluster } from "./support/live-cluster";

const live = new LiveCluster();
beforeAll(() => live.setUp());
afterAll(() => live.deployment.dispose());

const target = (
  generation: number,
  provider: EncryptionTarget["provider"] = "secretbox",
): EncryptionTarget => ({ provider, generation, resources: ["secrets"] });

interface Recorded {
  readonly encryption?: EncryptionTarget;
  readonly encrypting?: EncryptionTarget;
}

const errorsOf = (
  recorded: Recorded,
  { provider, ...props }: EncryptionTarget,
): string[] =>
  live.withInventory(
    (inventory) => ({ ...inventory, ...recorded }),
    () =>
      live.errorsOf(
        cluster({
          nodes: [node(1, { access: NodeAccess.local({ sudo: false }) })],
          encryption: Encryption[provider](props),
        }),
      ),
  );

test.each<[string, Recorded, EncryptionTarget]>([
  ["the first generation", {}, target(1)],
  ["the present generation", { encryption: target(2) }, target(2)],
  ["the next generation", { encryption: target(2) }, target(3)],
  [
    "another provider with the next generation",
    { encryption: target(2) },
    target(3, "aesgcm"),
  ],
  [
    "a deploy that goes on",
    { encryption: target(1), encrypting: target(2) },
    target(2),
  ],
])("a plan allows %s", (_, recorded, wanted) => {
  expect(errorsOf(recorded, wanted)).toEqual([]);
});

test.each<[string, Recorded, EncryptionTarget, string]>([
  [
    "a second generation without a first one",
    {},
    target(2),
    "encryption.generation is 2, and nothing is encrypted with an earlier key. A cluster begins with 1. Write 1.",
  ],
  [
    "a generation that goes back",
    { encryption: target(2) },
    target(1),
    "encryption.generation is 1, but the cluster has 2 already. Allowed is the present number, or the next one. Write 2, or 3 for another key or another provider.",
  ],
  [
    "a generation that goes back while values get the next key",
    { encryption: target(1), encrypting: target(2) },
    target(1),
    "encryption.generation is 1, but the cluster has 2 already.",
  ],
  [
    "a generation that is jumped over",
    { encryption: target(2) },
    target(4),
    "encryption.generation is 4, but the cluster has 2. Allowed is the present number, or the next one. Write 3, deploy, and go on from there.",
  ],
  [
    "a third key while values get the second one",
    { encryption: target(1), encrypting: target(2) },
    target(3),
    "encryption.generation is 3, but a deploy to 2 has begun and is not done. Allowed is that number. Write 2, and deploy until it is done.",
  ],
  [
    "another provider with the same key",
    { encryption: target(2) },
    target(2, "aesgcm"),
    "encryption uses aesgcm, but the key of generation 2 is one of secretbox. Allowed is another provider with another key. Write the generation 3.",
  ],
])("a plan fails with %s", (_, recorded, wanted, message) => {
  const [error, ...others] = errorsOf(recorded, wanted);
  expect(others).toEqual([]);
  expect(error.replace(/\s+/g, " ")).toContain(message);
});

test("a store that lost its inventory still tells the generation by its keys", () => {
  const { deployment } = live;
  const key = `${STORE}/${encryptionKeyPath(3)}`;
  expect(errorsOf({}, target(3))).toHaveLength(1);
  deployment.write(key, "x".repeat(32));
  expect(errorsOf({}, target(3))).toEqual([]);
});
