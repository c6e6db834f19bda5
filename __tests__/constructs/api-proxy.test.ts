import { TerraformStack, Testing } from "cdktf";
import {
  ApiProxy,
  type ApiProxyProps,
  ControlPlane,
  type ControlPlaneProps,
  LocalControlPlane,
  NodeAccess,
  ServiceAccountToken,
} from "../../lib";
import { clusterProps, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { requestsOf, resourcesOf } from "../support/rollouts";
import { artefactsOf, yamlOf } from "../support/synthesized";
import type { Program } from "../support/terraform";
import { warningsOf } from "../support/warnings";

type Given = Omit<ApiProxyProps, "controlPlane" | "kubeconfig">;

const withProxy =
  (props: Given = {}, id = "web"): Program =>
  (stack) => {
    const controlPlane = new LocalControlPlane(stack, "cluster", {
      clusterName: "test",
      kubernetesVersion: "1.36.3",
    });
    new ApiProxy(stack, id, { controlPlane, ...props });
  };
const specOf = (program: Program) =>
  yamlOf(artefactsOf(program).get("proxies/web.yaml")!) as Record<
    string,
    unknown
  >;

describe("a proxy", () => {
  test("listens on loopback with the filters of kubectl by default", () => {
    expect(specOf(withProxy())).toEqual({
      kubectl: "kubectl",
      kubeconfig: "../../../clusters/test/kubeconfigs/admin.conf",
      address: "127.0.0.1",
      port: 8001,
      flags: [],
    });
  });

  test("passes each filter as a flag, and always refuses to run commands in pods", () => {
    const { flags } = specOf(
      withProxy({
        acceptHosts: ["^localhost$", "^127\\.0\\.0\\.1$", "^\\[::1\\]$"],
        acceptPaths: ["^/api"],
        rejectPaths: ["^/api/v1/pod"],
        rejectMethods: ["POST", "DELETE"],
      }),
    );
    expect(flags).toEqual([
      "--accept-hosts=^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$",
      "--accept-paths=^/api",
      "--reject-paths=^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach,^/api/v1/pod",
      "--reject-methods=POST,DELETE",
    ]);
  });

  test("can listen on a Unix socket and use kubectl from binaryDirectory", () => {
    expect(
      specOf(
        withProxy({ unixSocket: "run/api.sock", binaryDirectory: "~/bin/" }),
      ),
    ).toEqual({
      kubectl: "~/bin/kubectl",
      kubeconfig: "../../../clusters/test/kubeconfigs/admin.conf",
      unixSocket: "../../../run/api.sock",
      flags: [],
    });
  });

  test("uses the given kubeconfig, and is checked again when that is made again", () => {
    const program: Program = (stack) => {
      const controlPlane = new LocalControlPlane(stack, "cluster", {
        clusterName: "test",
        kubernetesVersion: "1.36.3",
      });
      const namespace = "default";
      const kubeconfig = new ServiceAccountToken(stack, "viewer", {
        controlPlane,
        namespace,
        clusterRoles: ["view"],
      });
      new ApiProxy(stack, "web", { kubeconfig });
    };
    expect(specOf(program).kubeconfig).toBe(
      "../../../clusters/test/kubeconfigs/viewer.conf",
    );
    const batch = resourcesOf(program).find(
      ({ path }) => path === "web/batch",
    )!;
    expect(batch.triggers).toHaveProperty(["after cluster/tokens"]);
  });

  test("is listed in the rollout, which stops it when it leaves the program", () => {
    expect(requestsOf(withProxy()).rollout.afterwards).toEqual([
      "proxies/web.yaml",
    ]);
  });

  test.each<[number, Given]>([
    [0, {}],
    [0, { address: "127.0.0.5" }],
    [0, { address: "::1" }],
    [0, { address: "0.0.0.0", rejectMethods: ["POST"] }],
    [1, { address: "0.0.0.0" }],
    [1, { address: "10.0.0.1", acceptHosts: ["^10\\.0\\.0\\.1$"] }],
    [1, { address: "0.0.0.0", rejectPaths: [] }],
  ])("gives %d warnings with %j", (count, props) => {
    const warnings = warningsOf(withProxy(props));
    expect(warnings.filter((text) => text.includes("The proxy"))).toHaveLength(
      count,
    );
  });

  test.each([
    ["unixSocket", withProxy({ unixSocket: "a.sock", port: 8001 })],
    ["0", withProxy({ port: 0 })],
    ["65536", withProxy({ port: 65536 })],
    ["1.5", withProxy({ port: 1.5 })],
    ['"localhost"', withProxy({ address: "localhost" })],
    ['"[::1]"', withProxy({ address: "[::1]" })],
    ['"a{1,2}"', withProxy({ rejectPaths: ["a{1,2}"] })],
    ['"("', withProxy({ acceptPaths: ["("] })],
    ["lookaround", withProxy({ rejectPaths: ["^/(?!api)"] })],
    ["references", withProxy({ rejectPaths: ["(a)\\1"] })],
    ["empty", withProxy({ rejectMethods: [""] })],
    ["control", withProxy({ acceptHosts: ["a\nb"] })],
    ['"~x/y"', withProxy({ binaryDirectory: "~x/y" })],
    ['"WEB"', withProxy({}, "WEB")],
    [
      "neither",
      (stack: TerraformStack) => {
        new ApiProxy(stack, "web", {});
      },
    ],
  ])("fails with %s", (part, program) => {
    const stack = new TerraformStack(Testing.app(), "stack");
    expectHelpful(
      messageOf(() => program(stack)),
      part,
    );
  });

  test.each(["(?i)^/API", "(?P<a>x)", "^/api/v1/pod\\x2cs", "[[:alpha:]]+"])(
    "accepts the expression %s, as Go does",
    (expression) => {
      expect(() =>
        specOf(withProxy({ rejectPaths: [expression] })),
      ).not.toThrow();
    },
  );
});

describe("a proxy on a node", () => {
  const cluster = (
    stack: TerraformStack,
    props: Partial<ControlPlaneProps> = {},
  ) =>
    new ControlPlane(
      stack,
      "cluster",
      clusterProps({
        nodes: [node(1, { access: NodeAccess.ssh({ host: "10.0.0.11" }) })],
        ...props,
      }),
    );
  const onNode =
    (given: Given = {}, props: Partial<ControlPlaneProps> = {}): Program =>
    (stack) => {
      const controlPlane = cluster(stack, props);
      const kubeconfig = controlPlane.addUser("proxy", {
        clusterRoles: ["view"],
      });
      new ApiProxy(stack, "web", {
        controlPlane,
        kubeconfig,
        node: "cp-1",
        ...given,
      });
    };
  const KUBECTL = "/usr/bin/kubectl";

  test("is a component of its node, before kubelet, with its binary and its user", () => {
    const [request] = requestsOf(onNode()).rollout.nodes;
    expect(request.components.slice(-2).map(({ name }) => name)).toEqual([
      "kubectl-proxy-web",
      "kubelet",
    ]);
    expect(request.binaries).toEqual([{ path: KUBECTL }]);
    expect(request.users).toEqual(["kubectl-proxy"]);
  });

  test("does not change the request of a node without a proxy", () => {
    const without = requestsOf((stack) => void cluster(stack)).rollout.nodes;
    expect(without[0]).not.toHaveProperty("users");
    expect(without[0]).not.toHaveProperty("binaries");
  });

  test.each([
    ['"cp-9"', onNode({ node: "cp-9" })],
    ["unixSocket", onNode({ unixSocket: "/run/a.sock" })],
    ["NodeAccess", onNode({}, { nodes: [node(1)] })],
    [
      "ServiceAccountToken",
      (stack: TerraformStack) => {
        const controlPlane = cluster(stack);
        const namespace = "default";
        const kubeconfig = new ServiceAccountToken(stack, "ci", {
          controlPlane,
          namespace,
        });
        const where = { controlPlane, node: "cp-1" };
        new ApiProxy(stack, "web", { ...where, kubeconfig });
      },
    ],
    [
      "no controlPlane",
      (stack: TerraformStack) => {
        const kubeconfig = cluster(stack).adminKubeconfig;
        new ApiProxy(stack, "web", { kubeconfig, node: "cp-1" });
      },
    ],
    [
      "does not belong to its controlPlane",
      (stack: TerraformStack) => {
        const kubeconfig = new LocalControlPlane(stack, "local", {
          clusterName: "local",
          kubernetesVersion: "1.36.3",
        }).adminKubeconfig;
        const controlPlane = cluster(stack);
        const where = { controlPlane, node: "cp-1" };
        new ApiProxy(stack, "web", { ...where, kubeconfig });
      },
    ],
  ])("fails with %s", (part, program) => {
    const stack = new TerraformStack(Testing.app(), "stack");
    expectHelpful(
      messageOf(() => program(stack)),
      part,
    );
  });
});
