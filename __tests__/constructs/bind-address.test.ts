import { cluster, host } from "../support/cluster";
import { requestsOf } from "../support/rollouts";
import { artefactsOf, yamlOf } from "../support/synthesized";
import type { Program } from "../support/terraform";

describe("an API server with a bindAddress", () => {
  const bound = (bindAddress: string) =>
    cluster({ nodes: [host(1, { bindAddress })] });
  const commandOf = (of: Program): string[] =>
    yamlOf(
      artefactsOf(of).get(
        "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml",
      )!,
    ).spec.containers[0].command;
  const healthOf = (of: Program) =>
    requestsOf(of).rollout.nodes[0].components.find(
      ({ name }) => name === "kube-apiserver",
    )?.health?.host;

  test("listens there, and its health is checked there", () => {
    expect(commandOf(bound("10.0.0.99"))).toContain("--bind-address=10.0.0.99");
    expect(healthOf(bound("10.0.0.99"))).toBe("10.0.0.99");
    expect(commandOf(bound("0.0.0.0"))).toContain("--bind-address=0.0.0.0");
    expect(healthOf(bound("0.0.0.0"))).toBe("10.0.0.11");
    expect(commandOf(cluster()).join()).not.toContain("--bind-address");
  });

  test.each([
    ["api.example.org", "is not an IP address"],
    ["127.0.0.1", "can be reached only from the node itself"],
    ["::", "a different IP family than serviceSubnet"],
  ])("fails with %s", (bindAddress, words) => {
    expect(() => artefactsOf(bound(bindAddress))).toThrow(words);
  });
});
