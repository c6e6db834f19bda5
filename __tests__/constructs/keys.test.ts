import {
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Store,
} from "../../lib";
import {
  cluster,
  clusterProps,
  host,
  newStack,
  node,
} from "../support/cluster";
import { messageOf } from "../support/errors";
import { requestsOf } from "../support/rollouts";
import { refuses, takes } from "./support/refusals";

const rolloutOf = (keys: ControlPlaneProps["keys"]) =>
  requestsOf(cluster({ nodes: [host(1)], keys })).rollout;

const own = (): CertificateAuthority => {
  const stack = newStack();
  return new CertificateAuthority(stack, "ca", {
    store: new Store(stack, "store", { directory: "clusters/test" }),
    commonName: "kubernetes",
  });
};

describe("generations of keys that are not valid are refused, with their value and what to write instead", () => {
  refuses("fails with %s", [
    [
      "generation 0",
      { keys: { etcd: { generation: 0 } } },
      "keys.etcd.generation is 0",
      "from 1 on",
    ],
    [
      "a fraction",
      { keys: { all: { generation: 1.5 } } },
      "keys.all.generation is 1.5",
    ],
    [
      "trust in a generation before the first",
      { keys: { kubernetes: { generation: 1, trustPrevious: true } } },
      "keys.kubernetes.trustPrevious is set",
    ],
    [
      "a key that does not exist",
      { keys: { kubernets: { generation: 2 } } as ControlPlaneProps["keys"] },
      "kubernetes",
    ],
    [
      "a node with the name of a generation",
      { nodes: [node(1, { name: "etcd-ca-2" })] },
      '"etcd-ca-2"',
    ],
  ]);

  test("fails with a generation of a CA that the program makes itself", () => {
    const certificateAuthority = own();
    expect(
      messageOf(
        () =>
          new ControlPlane(newStack(), "cluster", {
            ...clusterProps(),
            store: certificateAuthority.store,
            certificateAuthority,
            keys: { kubernetes: { generation: 2 } },
          }),
      ),
    ).toContain("passes that CA as certificateAuthority");
  });

  test("fails with a previous generation in another store", () => {
    const stack = newStack();
    expect(
      messageOf(
        () =>
          new CertificateAuthority(stack, "ca-2", {
            store: new Store(stack, "other", { directory: "clusters/other" }),
            commonName: "kubernetes-2",
            previous: own(),
          }),
      ),
    ).toContain("All parts of a cluster must be in the same store");
  });

  takes("takes %s", [
    ["generation 1", { keys: { all: { generation: 1 } } }],
    [
      "a rotation of the service account key alone",
      { keys: { serviceAccounts: { generation: 2 } } },
    ],
    [
      "all keys but one",
      { keys: { all: { generation: 2 }, etcd: { generation: 1 } } },
    ],
  ]);
});

describe("a rollout", () => {
  test("knows nothing of generations while there is only the first", () => {
    expect(rolloutOf({ all: { generation: 1 } })).toEqual(rolloutOf(undefined));
  });

  test("is told which files sign, and with which it asks for trust", () => {
    expect(rolloutOf({ all: { generation: 2 } })).toMatchObject({
      generations: {
        kubernetes: { number: 2, trustsPrevious: true },
        serviceAccounts: { number: 2, trustsPrevious: true },
      },
      rotation: {
        authority: { certificate: "pki/ca-2.crt", key: "pki/ca-2.key" },
        publicKeys: "pki/sa-2.pub",
        signers: [
          {
            path: "/etc/kubernetes/pki/ca-issuer.crt",
            previous: "pki/ca.crt",
          },
          { path: "/etc/kubernetes/pki/ca.key", previous: "pki/ca.key" },
          { path: "/etc/kubernetes/pki/sa.key", previous: "pki/sa.key" },
        ],
      },
    });
  });

  test("holds nothing back for a rotation of etcd's CA, which signs only what this library makes", () => {
    const { rotation, generations } = rolloutOf({ etcd: { generation: 2 } });
    expect(rotation).toBeUndefined();
    expect(generations).toEqual({ etcd: { number: 2, trustsPrevious: true } });
  });

  test("holds nothing back at the end of a rotation", () => {
    const { rotation } = rolloutOf({
      all: { generation: 2, trustPrevious: false },
    });
    expect(rotation).toBeUndefined();
  });
});
