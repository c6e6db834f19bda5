import { etcdPlace } from "../../../lib/agent/etcd/place";
import type { Inventory } from "../../../lib/store/inventory";
import { nodeRequest } from "../support/rollout";

const component = { name: "etcd", ports: [2379], timeout: 60 };
const host = {
  ...nodeRequest("cp-1", "10.0.0.1"),
  components: [
    { ...component, manifest: "/etc/kubernetes/manifests/etcd.yaml" },
  ],
};
const etcd = {
  dataDir: "/var/lib/etcd",
  certificatesDir: "/etc/kubernetes/pki/etcd",
  clientPort: 2379,
  peerPort: 2380,
};
const inventory: Inventory = { stack: "prod", etcd };

test("etcd on hosts is where the inventory says", () => {
  const worker = nodeRequest("worker-1", "10.0.0.9");
  expect(etcdPlace(inventory, [host, worker])).toEqual({ nodes: [host], etcd });
});

test.each([
  ["the cluster has an external etcd", { stack: "prod" }, [host]],
  ["no node runs a member", inventory, [nodeRequest("cp-1", "10.0.0.1")]],
  ["nothing is deployed", undefined, []],
])("there is no etcd to look after if %s", (_, given, nodes) => {
  expect(etcdPlace(given, nodes)).toBeUndefined();
});
