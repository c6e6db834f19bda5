import {
  type EncryptingServer,
  isProved,
  stageOf,
} from "../../../lib/agent/encryption/stage";
import type { EncryptionTarget } from "../../../lib/catalog/encryption";

const target = (
  generation: number,
  ...resources: readonly string[]
): EncryptionTarget => ({ provider: "secretbox", generation, resources });

const SECOND = target(2, "secrets", "configmaps");

const server = (
  has: EncryptingServer["has"],
  uses = true,
): EncryptingServer => ({ name: "cp-1", has, uses });

test.each<[string, object, boolean, boolean]>([
  ["a rollout recorded it", { encryption: SECOND }, false, true],
  [
    "a rollout recorded the same resources in another order",
    { encryption: target(2, "configmaps", "secrets") },
    false,
    true,
  ],
  ["etcd has no data", {}, true, true],
  ["nothing is recorded", {}, false, false],
  [
    "an earlier generation is recorded",
    { encryption: target(1, "secrets", "configmaps") },
    false,
    false,
  ],
  [
    "fewer resources are recorded",
    { encryption: target(2, "secrets") },
    false,
    false,
  ],
  [
    "a rollout has begun and is not done",
    { encryption: SECOND, encrypting: SECOND },
    false,
    false,
  ],
  [
    "a restore into an empty etcd has begun",
    { encrypting: SECOND },
    true,
    false,
  ],
])("what is proved if %s", (_, inventory, isNew, proved) => {
  expect(isProved(SECOND, inventory, isNew)).toBe(proved);
});

test.each<[string, EncryptingServer[], string]>([
  ["one knows only the old key", [server("other"), server("read")], "read"],
  ["one runs without a configuration", [server("plain")], "read"],
  [
    "one has not taken over the first stage",
    [server("read"), server("read", false)],
    "read",
  ],
  ["a node joins meanwhile", [server("read"), server("none", false)], "read"],
  ["all read with the new key", [server("read"), server("read")], "write"],
  [
    "one may have written with the new key",
    [server("write"), server("other")],
    "write",
  ],
  [
    "none runs, so none writes with another key",
    [server("none", false)],
    "write",
  ],
  ["one has the last stage, and nothing is proved", [server("final")], "write"],
])("the stage if %s", (_, servers, stage) => {
  expect(stageOf({ isSettled: false, servers })).toBe(stage);
});
