import { inspect } from "node:util";
import { ControlPlane, InputError, Store } from "../../lib";
import { newStack, node } from "../support/cluster";
import { errorOf, expectHelpful, messageOf } from "../support/errors";
import { cluster, make } from "./support/unchecked";

test("an error about input says which prop it is, and what to do, once", () => {
  expect(
    errorOf(() => cluster({ apiServer: { extraargs: {} } })),
  ).toMatchObject({
    name: "InputError",
    prop: "apiServer.extraargs",
    remedy: "Did you mean extraArgs?",
  });
  expect(errorOf(() => cluster({ podSubnet: "10.0.0.0" }))).toMatchObject({
    prop: "podSubnet",
  });
  const store = errorOf(() => make(Store, { directory: ".." }));
  expect(store).toBeInstanceOf(InputError);
  expect((store as InputError).remedy).toMatch(/^Write for example/);
  // What Node.js prints of it.
  expect(inspect(store).split((store as InputError).remedy)).toHaveLength(2);
  const address = { ...node(1), address: "127.0.0.1" };
  expect(errorOf(() => cluster({ nodes: [address] }))).toMatchObject({
    message: expect.stringMatching(/^the address of node cp-1 is 127/),
    prop: "address",
  });
});

test("an error shows what is meant most often, and all props of what needs none", () => {
  expectHelpful(
    messageOf(() => cluster({ certificateValidity: "90d" })),
    "certificateValidity",
    "Write Duration.minutes(…), for example.",
  );
  expectHelpful(
    messageOf(() => cluster({ bootstrapTokens: {} })),
    "an object with description, ttl, expires, usages, groups.",
  );
});

test("an error about a kubeadm file says which field it is", () => {
  const read = (config: string) =>
    ControlPlane.fromKubeadmConfig(newStack(), "cluster", { config });
  expect(
    errorOf(() =>
      read(
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxpods: 1\n---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.3\n",
      ),
    ),
  ).toMatchObject({ prop: "KubeletConfiguration.maxpods" });
});
