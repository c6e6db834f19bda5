import { GIVEN_COREFILE } from "../../lib/catalog/edited-configuration";
import { coreDns } from "../../lib/render/coredns";
import { ControlPlane } from "../../lib";
import { clusterProps, newStack } from "../support/cluster";
import { siteOf } from "../../lib/constructs/site/site";

const COREFILE = ".:53 {\n    forward . 10.0.0.2\n}\n";

const configMapOf = (corefile?: string) => {
  const dns = corefile === undefined ? {} : { dns: { corefile } };
  return coreDns(
    siteOf(clusterProps(dns), { external: false }),
  )[0] as unknown as {
    readonly data: Record<string, string>;
    readonly metadata: { readonly annotations?: object };
  };
};

test("the program may give the whole Corefile, which then replaces edits", () => {
  const { data, metadata } = configMapOf(COREFILE);
  expect(data).toEqual({ Corefile: COREFILE });
  expect(metadata.annotations).toHaveProperty([GIVEN_COREFILE]);
});

test("a generated Corefile has no annotation, as with kubeadm", () => {
  expect(configMapOf().metadata).not.toHaveProperty("annotations");
});

test.each(["", "forward . 10.0.0.2", "}{"])(
  "a Corefile without a server block is refused: %j",
  (corefile) => {
    expect(
      () =>
        new ControlPlane(
          newStack(),
          "cluster",
          clusterProps({ dns: { corefile } }),
        ),
    ).toThrow("dns.corefile");
  },
);
