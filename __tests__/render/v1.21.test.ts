import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import {
  parseAnyVersion,
  parseKubernetesVersion,
} from "../../lib/catalog/versions";
import {
  ETCD,
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
  KUBE_SCHEDULER,
} from "../../lib/catalog/components";
import { staticPod } from "../../lib/render/static-pod";
import { type Json, withoutEmptyValues } from "../support/kubeadm";
import { siteOf } from "../support/site";

/** A machine of 2021 whose manifests are in `v1.21/`. */
const site = (address: string) => ({
  ...siteOf(`
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: ${address}}
nodeRegistration: {name: w1, criSocket: /var/run/dockershim.sock}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
imageRepository: k8s.gcr.io
networking: {podSubnet: 10.244.0.0/16}
`),
  version: parseAnyVersion("1.21.0")!,
});

const manifest = (name: string): Json => {
  const text = readFileSync(join(__dirname, "v1.21", `${name}.yaml`), "utf8");
  return withoutEmptyValues(load(text)) as Json;
};

const withoutPriority = site("192.168.100.155");
const [node] = withoutPriority.nodes;

test.each([KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBE_SCHEDULER])(
  "the manifest of $id equals that machine's",
  (row) => {
    expect(withoutEmptyValues(staticPod(row, withoutPriority, node))).toEqual(
      manifest(row.id),
    );
  },
);

test("the manifest of etcd has the same flags and contains the machine's fragments", () => {
  const etcdSite = site("192.168.100.151");
  const pod = staticPod(ETCD, etcdSite, etcdSite.nodes[0]) as Json;
  const expected = manifest("etcd");
  const sorted = (each: Json): string[] =>
    [...each.spec.containers[0].command].sort();
  expect(sorted(pod)).toEqual(sorted(expected));
  expected.spec.containers[0].command = pod.spec.containers[0].command;
  expect(pod.spec).toEqual({
    ...expected.spec,
    containers: [expect.objectContaining(expected.spec.containers[0])],
  });
});

test("a cluster of that version cannot be deployed", () => {
  expect(parseKubernetesVersion("1.21.0")).toBeUndefined();
});
