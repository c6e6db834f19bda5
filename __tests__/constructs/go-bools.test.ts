import { Fn, TerraformStack, Testing, Token } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  NodeAccess,
  PodNetwork,
} from "../../lib";
import { goBool } from "../../lib/catalog/go-bool";
import { clusterProps, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf } from "../support/synthesized";

const FALSE = ["false", "0", "f", "F", "False", "FALSE"];
const TRUE = ["true", "1", "t", "T", "True", "TRUE"];

test.each(FALSE)("%s is false", (text) => expect(goBool(text)).toBe(false));
test.each(TRUE)("%s is true", (text) => expect(goBool(text)).toBe(true));
test.each(["", "no", "tRUE", "10", " true", undefined])(
  "%p is neither",
  (text) => expect(goBool(text)).toBeUndefined(),
);

const controlPlane = (props: Partial<ControlPlaneProps>) => () =>
  new ControlPlane(
    new TerraformStack(Testing.app(), "stack"),
    "cluster",
    clusterProps(props),
  );

const allocating = (value: string | string[]) => ({
  controllerManager: { extraArgs: { "allocate-node-cidrs": value } },
});

describe("pods in the nodes' network", () => {
  const OVERLAPPING = { podSubnet: "10.0.0.0/16" };

  test.each([...FALSE, ["true", "0"]])(
    "are taken with allocate-node-cidrs %p",
    (value) =>
      expect(
        controlPlane({ ...OVERLAPPING, ...allocating(value) }),
      ).not.toThrow(),
  );

  test.each([...TRUE, ["false", "true"]])(
    "are refused with allocate-node-cidrs %p",
    (value) =>
      expectHelpful(
        messageOf(controlPlane({ ...OVERLAPPING, ...allocating(value) })),
        "overlap",
      ),
  );
});

test.each(FALSE)(
  "PodNetwork.routed is refused with allocate-node-cidrs %s",
  (value) => {
    const access = NodeAccess.ssh({ host: "10.0.0.11" });
    const message = messageOf(
      controlPlane({
        podNetwork: PodNetwork.routed(),
        nodes: [node(1, { access })],
        ...allocating(value),
      }),
    );
    expectHelpful(message, `"allocate-node-cidrs": "${value}"`);
  },
);

describe("the serving certificate of kubelet", () => {
  const isMade = (kubelet: ControlPlaneProps["kubelet"]) =>
    artefactsOf(
      (stack) =>
        void new ControlPlane(stack, "cluster", clusterProps({ kubelet })),
    ).has("nodes/cp-1/root/var/lib/kubelet/pki/kubelet.crt");
  const rotating = (value: string) => ({
    extraArgs: { "rotate-server-certificates": value },
  });

  test.each(FALSE)("is made with rotate-server-certificates %s", (value) =>
    expect(isMade(rotating(value))).toBe(true),
  );

  test.each([...TRUE, Token.asString(Fn.file("x"))])(
    "is not made with rotate-server-certificates %s",
    (value) => expect(isMade(rotating(value))).toBe(false),
  );

  test("is made if the flag overrides the configuration", () =>
    expect(
      isMade({ config: { serverTLSBootstrap: true }, ...rotating("false") }),
    ).toBe(true));
});
