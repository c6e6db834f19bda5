import { TerraformStack, Testing } from "cdktf";
import { type ControlPlaneProps, Etcd } from "../../lib";
import {
  ETCD_ADVISORIES,
  etcdAdvice,
  recommendedEtcdTag,
} from "../../lib/catalog/etcd-advisories";
import { etcdVersionOf, VERSIONS } from "../../lib/catalog/versions";
import { cluster } from "../support/cluster";

/** What synthesis tells about an advisory, with its level. */
function told(props: Partial<ControlPlaneProps>): string[] {
  const stack = new TerraformStack(Testing.app(), "stack");
  cluster(props)(stack);
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ data }) => String(data).includes("GHSA-"))
    .map(({ type, data }) => `${type.replace(/^.*\//, "")}: ${String(data)}`);
}

const SOURCE = ETCD_ADVISORIES[0].source;
const tag = (text: string) => ({
  etcd: Etcd.stacked({ image: { tag: text } }),
});

test.each(VERSIONS.filter(({ deployable }) => deployable))(
  "synthesis warns of kubeadm's default with Kubernetes 1.$minor, and names the recommended tag",
  (row) => {
    expect(told({ kubernetesVersion: row.measured })).toEqual([
      `warn: etcd ${etcdVersionOf(row)} has a known vulnerability (${SOURCE}), fixed in ${recommendedEtcdTag(row).split("-")[0]}: check that your registry has the tag, and write etcd: Etcd.stacked({ image: { tag: "${recommendedEtcdTag(row)}" } }).`,
    ]);
    expect(told(tag(recommendedEtcdTag(row)))).toEqual([]);
  },
);

test("synthesis warns if the program itself chooses a vulnerable etcd", () => {
  expect(told(tag("3.7.0-0"))).toEqual([
    `warn: etcd 3.7.0 has a known vulnerability (${SOURCE}), fixed in 3.7.1: check that your registry has the tag, and write etcd: Etcd.stacked({ image: { tag: "3.7.1-0" } }).`,
  ]);
});

test.each(["3.6.14-0", "3.6.16-1", "v3.7.1", "3.5.33-0", "latest", "3.8.0-0"])(
  "synthesis says nothing about etcd's image %s",
  (text) => {
    expect(told(tag(text))).toEqual([]);
  },
);

test("synthesis asks for a binary where etcd is no image", () => {
  const [warning] = told({
    etcd: Etcd.dedicated({
      version: "3.6.8",
      nodes: [{ name: "etcd-1", address: "10.0.0.21" }],
    }),
  });
  expect(warning).toMatch(
    /fixed in 3\.6\.14: bring the binary of etcd 3\.6\.14 or a later 3\.6\.$/,
  );
});

test("what is recommended has the minor of kubeadm's default, and no known vulnerability", () => {
  for (const row of VERSIONS.filter(({ deployable }) => deployable)) {
    const recommended = recommendedEtcdTag(row).split("-")[0];
    expect(etcdAdvice(recommended)).toBeUndefined();
    expect(recommended.split(".").slice(0, 2)).toEqual(
      etcdVersionOf(row).split(".").slice(0, 2),
    );
  }
});
