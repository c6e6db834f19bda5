import { NO_CHANGES } from "../../../lib/agent/rollout/changes";
import {
  API_FLAG,
  cluster,
  node,
  planOf,
  pool,
  worker,
} from "./support/cluster-view";
import { expectPlans, three } from "./support/plans";

/** New certificates and the trust in both generations. */
const TRUST = {
  ...NO_CHANGES,
  files: ["/etc/kubernetes/pki/ca.crt"],
  restarts: ["kube-apiserver"],
};
/** What signs with the new keys. */
const SIGNERS = {
  ...NO_CHANGES,
  files: ["/etc/kubernetes/pki/ca.key"],
  restarts: ["kube-controller-manager"],
};
const rotates = { changes: TRUST, signerChanges: SIGNERS };

describe("a new generation of keys", () => {
  expectPlans([
    [
      "is trusted by every API server before anything signs with it",
      cluster(three((name) => node(name, rotates))),
      [
        "change cp-1",
        "change cp-2",
        "change cp-3",
        "sign cp-1",
        "sign cp-2",
        "sign cp-3",
      ],
    ],
    [
      "signs at last, where a killed rollout had delivered the trust",
      cluster(three((name) => node(name, { signerChanges: SIGNERS }))),
      ["sign cp-1", "sign cp-2", "sign cp-3"],
    ],
    [
      "comes to a node that joins with the trust that the others have",
      cluster([
        ...three((name) => node(name, rotates)).slice(0, 2),
        node("cp-3", { ...rotates, unhealthy: ["kube-apiserver"] }),
      ]),
      [
        "change cp-3",
        "change cp-1",
        "change cp-2",
        "sign cp-1",
        "sign cp-2",
        "sign cp-3",
      ],
    ],
  ]);

  test("signs nothing while an API server is not reached, which would refuse it", () => {
    const plan = planOf(
      cluster([
        ...three((name) => node(name, rotates)).slice(0, 2),
        node("cp-3", { reached: false, pending: true }),
      ]),
    );
    expect(plan.slice(1, 3)).toEqual(["change cp-1", "change cp-2"]);
    expect(plan.slice(3).join()).toMatch(
      /cp-3: not reached, so it is not known whether its API server trusts the new keys/,
    );
  });

  test("needs no further step where nothing signs with it", () => {
    expect(
      planOf(
        cluster(three((name) => node(name, { changes: API_FLAG }))),
      ).join(),
    ).not.toContain("sign");
  });
});

describe("workers whose credentials are of the previous CA", () => {
  const old = { joined: false };
  expectPlans([
    [
      "join again, as many at a time as may be down",
      pool([worker("w-1", old), worker("w-2", old), worker("w-3", old)], {
        maxUnavailable: 2,
      }),
      ["join w-1,w-2", "join w-3"],
    ],
    [
      "join again after those that were never there",
      pool([
        worker("w-1", old),
        worker("w-2", { ...old, unhealthy: ["kubelet"] }),
      ]),
      ["join w-2", "join w-1"],
    ],
  ]);
});
