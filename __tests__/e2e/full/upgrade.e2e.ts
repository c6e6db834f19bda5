import type { Deployment } from "../lab/deployment";
import type { Lab } from "../lab/lab";
import { until } from "../say";
import { step } from "../steps";
import { ENDPOINT, startThreeHosts, threeNodes } from "./three-nodes";

/** A release whose images no host can pull. */
const WANTED = "1.36.99";

describe("an upgrade that must not begin", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await startThreeHosts();
    await lab.give(ENDPOINT, lab.host("cp-3"));
    cluster = threeNodes(lab);
    await cluster.deploy();
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  const manifests = () =>
    Promise.all(
      ["cp-1", "cp-3"].map((name) =>
        lab.host(name).exec("sha256sum /etc/kubernetes/manifests/*"),
      ),
    );

  step(
    "names images that cannot be had, before the program changes",
    async () => {
      const { output, failed } = await cluster.run(
        "upgrade-check",
        "--to",
        WANTED,
      );
      expect(failed).toBe(true);
      expect(output).toContain(
        `Upgrade of Kubernetes from v1.36.3 to v${WANTED}`,
      );
      for (const node of ["cp-1", "cp-2", "cp-3"])
        expect(output).toMatch(
          new RegExp(
            `^x .*${node}.*: It lacks registry\\.k8s\\.io/kube-.*:v1\\.36\\.99`,
            "m",
          ),
        );
    },
  );

  step(
    "names a budget that allows no eviction, and changes nothing",
    async () => {
      await cluster.kubectlWith(
        {
          input: JSON.stringify({
            apiVersion: "policy/v1",
            kind: "PodDisruptionBudget",
            metadata: { name: "scheduler", namespace: "kube-system" },
            spec: {
              minAvailable: 3,
              selector: { matchLabels: { component: "kube-scheduler" } },
            },
          }),
        },
        "apply",
        "-f",
        "-",
      );
      await until("the budget counts its pods", 60, async () => {
        const counted = await cluster.kubectl(
          "get",
          "poddisruptionbudget",
          "scheduler",
          "--namespace=kube-system",
          "--output=jsonpath={.status.expectedPods}",
        );
        return Number(counted) > 0;
      });
      const { output } = await cluster.run("upgrade-check", "--to", WANTED);
      expect(output).toContain(
        "! PodDisruptionBudget kube-system/scheduler: It allows no eviction",
      );
    },
  );

  step(
    "names a node that has lost its power, and touches no other",
    async () => {
      const before = await manifests();
      await lab.host("cp-2").kill();
      cluster.edit((main) =>
        main.replace(/(?<=kubernetesVersion: ")[^"]+/, WANTED),
      );
      const { output, failed } = await cluster.run("deploy");
      expect(failed).toBe(true);
      expect(output).toMatch(
        /prevents? the rollout, so it has not begun: no node was changed\./,
      );
      expect(output).toMatch(/- cp-2: /);
      expect(output).toMatch(
        /PodDisruptionBudget kube-system\/scheduler: warning: /,
      );
      expect(await manifests()).toEqual(before);
    },
  );
});
