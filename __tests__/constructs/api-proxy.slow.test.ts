import type { TerraformStack } from "cdktf";
import {
  ApiProxy,
  type ApiProxyProps,
  ControlPlane,
  type ControlPlaneProps,
  NodeAccess,
} from "../../lib";
import { clusterProps, node } from "../support/cluster";
import { resourcesOf } from "../support/rollouts";
import { artefactsOf } from "../support/synthesized";
import type { Program } from "../support/terraform";
import { UnitRoot } from "../support/units";

type Given = Omit<ApiProxyProps, "controlPlane" | "kubeconfig">;

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
  const UNIT = "nodes/cp-1/root/etc/systemd/system/kubectl-proxy-web.service";
  const KUBECTL = "/usr/bin/kubectl";

  test("is a sandboxed unit that systemd accepts, with a kubeconfig that only its user can read", () => {
    const rejectPaths = ["^/api/v1/pod$", "\\.%n|\"'"];
    const artefacts = artefactsOf(onNode({ rejectPaths, port: 8443 }));
    const text = artefacts.get(UNIT)!.spec.replaceAll("$${", "${");
    expect(text).toContain("--reject-paths=");
    const path = "/etc/systemd/system/kubectl-proxy-web.service";
    const root = new UnitRoot(new Map([[path, text]]), [KUBECTL]);
    expect(root.verify()).toBe("");
    expect(root.exposure(path)).toBeLessThan(2.5);
    root.remove();
    const copy = resourcesOf(onNode()).find(({ triggers }) =>
      triggers.files?.includes("kubectl-proxy-web.conf"),
    )!;
    expect(copy.triggers.files).toBe(
      "nodes/cp-1/root/etc/kubernetes/kubectl-proxy-web.conf 0640 root:kubectl-proxy",
    );
    expect(copy.triggers).toHaveProperty(["from kubeconfigs/proxy.conf"]);
  });
});
