import { kubeletBinary } from "../../lib/request/roles";

test.each([
  [undefined, undefined],
  [[{ path: "/usr/local/bin/etcd" }], undefined],
  [
    [{ path: "/usr/local/bin/kubelet" }, { path: "/usr/local/bin/kube-proxy" }],
    "/usr/local/bin/kubelet",
  ],
])("of the binaries %j, kubelet's is %s", (binaries, expected) => {
  expect(kubeletBinary({ binaries })?.path).toBe(expected);
});
