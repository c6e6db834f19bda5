import type {
  EncryptingServer,
  EncryptionView,
} from "../../../lib/agent/encryption/stage";
import {
  API_FLAG,
  blank,
  cluster,
  down,
  left,
  newCluster,
  node,
} from "./support/cluster-view";
import { expectPlans, THREE, three } from "./support/plans";

type Has = EncryptingServer["has"];

const servers = (has: readonly Has[], uses = true): EncryptingServer[] =>
  THREE.map((name, at) => ({ name, has: has[at] ?? has[0], uses }));

const view = (
  has: readonly Has[],
  otherwise: Partial<EncryptionView> = {},
): EncryptionView => ({
  isSettled: false,
  reloads: true,
  servers: servers(has),
  ...otherwise,
});

const changing = (encryption: EncryptionView, each = node) =>
  cluster(three(each), { encryption });

describe("from one key to the next", () => {
  expectPlans([
    [
      "each stage reaches all API servers before one gets the next, and the old key goes last",
      changing(view(["other"])),
      [
        "read key cp-1,cp-2,cp-3",
        "write key cp-1,cp-2,cp-3",
        "rewrite",
        "settle",
        "drop key cp-1,cp-2,cp-3",
      ],
    ],
    [
      "goes on where only one API server has the first stage",
      changing(view(["read", "other", "other"])),
      [
        "read key cp-2,cp-3",
        "write key cp-1,cp-2,cp-3",
        "rewrite",
        "settle",
        "drop key cp-1,cp-2,cp-3",
      ],
    ],
    [
      "waits for an API server that has not read its first stage yet",
      changing(
        view(["read"], {
          servers: servers(["read"]).map((each) => ({
            ...each,
            uses: each.name !== "cp-2",
          })),
        }),
      ),
      [
        "read key cp-2",
        "write key cp-1,cp-2,cp-3",
        "rewrite",
        "settle",
        "drop key cp-1,cp-2,cp-3",
      ],
    ],
    [
      "never goes back to the old key once an API server may have written with the new one",
      changing(view(["write", "read", "read"])),
      ["write key cp-2,cp-3", "rewrite", "settle", "drop key cp-1,cp-2,cp-3"],
    ],
    [
      "proves again what a rollout that was killed may have proved",
      changing(view(["write"])),
      ["rewrite", "settle", "drop key cp-1,cp-2,cp-3"],
    ],
    [
      "only drops the old key if everything is proved",
      changing(view(["final", "write", "write"], { isSettled: true })),
      ["drop key cp-2,cp-3"],
    ],
    [
      "has nothing to do afterwards",
      changing(view(["final"], { isSettled: true })),
      [],
    ],
    [
      "restarts API servers one after the other if they do not read it while they run",
      changing(
        view(["other"], {
          reloads: undefined,
          servers: servers(["other"], false),
        }),
      ),
      [
        ...THREE.map((name) => `read key ${name}`),
        ...THREE.map((name) => `write key ${name}`),
        "rewrite",
        "settle",
        ...THREE.map((name) => `drop key ${name}`),
      ],
    ],
  ]);
});

describe("encryption that is turned on", () => {
  expectPlans([
    [
      "restarts API servers one after the other with a flag, and needs no further step to read",
      cluster(
        three((name) => node(name, { changes: API_FLAG })),
        { encryption: view(["plain"], { servers: servers(["plain"], false) }) },
      ),
      [
        "change cp-1",
        "change cp-2",
        "change cp-3",
        "write key cp-1,cp-2,cp-3",
        "rewrite",
        "settle",
        "drop key cp-1,cp-2,cp-3",
      ],
    ],
    [
      "restarts them once more if they do not tell what they read when they started",
      cluster([node("cp-1", { changes: API_FLAG })], {
        encryption: view(["plain"], {
          reloads: undefined,
          servers: servers(["plain"], false).slice(0, 1),
        }),
      }),
      [
        "change cp-1",
        "read key cp-1",
        "write key cp-1",
        "rewrite",
        "settle",
        "drop key cp-1",
      ],
    ],
    [
      "from the first start on has nothing to write again",
      newCluster(three(blank), {
        encryption: view(["none"], {
          isSettled: true,
          servers: servers(["none"], false),
        }),
      }),
      ["start etcd cp-1,cp-2,cp-3", "start cp-1,cp-2,cp-3"],
    ],
  ]);
});

describe("a restore", () => {
  expectPlans([
    [
      "writes all values again, because they may have any key",
      cluster(three(node), {
        restores: "revision 446",
        encryption: view(["final"]),
      }),
      [
        "stop cp-1,cp-2,cp-3",
        "restore data cp-1,cp-2,cp-3",
        "start etcd cp-1,cp-2,cp-3",
        "start cp-1,cp-2,cp-3",
        "write key cp-1,cp-2,cp-3",
        "rewrite",
        "settle",
        "drop key cp-1,cp-2,cp-3",
      ],
    ],
  ]);
});

describe("another key", () => {
  expectPlans([
    [
      "fails when an API server is not reached",
      cluster([node("cp-1"), node("cp-2"), down("cp-3")], {
        encryption: view(["other"]),
      }),
      [
        "refused: cp-3: not reached, and every API server has to read what the next key encrypts before any of them uses it.",
      ],
    ],
    [
      "fails when an API server leaves the cluster",
      cluster([node("cp-1"), node("cp-2"), left("cp-3")], {
        encryption: view(["other"]),
      }),
      [
        "refused: cp-3: leaving the cluster, which cannot happen in the same deploy as a change of encryption: an API server there would go on with what it knows.",
      ],
    ],
    [
      "is no matter when nothing changes and an API server is not reached",
      cluster([node("cp-1"), node("cp-2"), down("cp-3")], {
        encryption: view(["final"], {
          isSettled: true,
          servers: servers(["final"]).slice(0, 2),
        }),
      }),
      [],
    ],
  ]);
});
