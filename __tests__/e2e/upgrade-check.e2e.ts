import { writeFileSync } from "node:fs";
import type { CheckedUpgrade } from "../../lib/cli/report/upgrade-lines";
import { Place } from "./local/place";
import { until } from "./say";
import { step } from "./steps";

interface Checked {
  readonly exitCode: number;
  readonly stores: readonly CheckedUpgrade[];
}

describe("upgrade-check, before the program changes", () => {
  const place = new Place();
  afterAll(async () => {
    await place.controlPlane("destroy");
    place.end();
  });

  const check = async (...words: string[]): Promise<Checked> => {
    const { exitCode, stdout, stderr } = await place.controlPlane(
      "upgrade-check",
      "--json",
      ...words,
    );
    if (stdout === "") throw new Error(stderr);
    const checked = JSON.parse(stdout) as Checked;
    expect(checked.exitCode).toBe(exitCode);
    return checked;
  };
  const problems = ({ stores }: Checked): string[] =>
    stores.flatMap(({ findings = [] }) =>
      findings.map(
        ({ about, severity, problem }) => `${severity}: ${about}: ${problem}`,
      ),
    );
  const apply = async (object: object): Promise<void> => {
    const file = place.path("object.json");
    writeFileSync(file, JSON.stringify(object));
    await place.kubectl("apply", "--server-side", "--filename", file);
  };
  const setStatus = (kind: string, name: string, status: object) =>
    place.kubectl(
      "patch",
      kind,
      name,
      "--subresource=status",
      "--type=merge",
      `--patch=${JSON.stringify({ status })}`,
    );

  step("finds nothing against an upgrade of a new cluster", async () => {
    // The API server serves a beta version that 1.37 no longer has only if it is asked to.
    place.change((main) =>
      main.replace(
        'extraArgs: { "service-account-issuer": "api" }',
        'extraArgs: { "service-account-issuer": "api", "runtime-config": "networking.k8s.io/v1beta1=true" }',
      ),
    );
    await place.deploy();
    const checked = await check("--to", "1.36.9");
    expect(problems(checked)).toEqual([]);
    expect(checked.stores).toMatchObject([
      { clusterName: "devk8s", from: "v1.36.3", to: "v1.36.9", unasked: [] },
    ]);
    expect(checked.exitCode).toBe(0);
  });

  step(
    "names etcd's bridge without --to, which is the next minor",
    async () => {
      const checked = await check();
      expect(checked.stores[0].to).toBe("v1.37.1");
      expect(problems(checked)).toEqual([
        expect.stringContaining(
          "error: etcd: etcd 3.7.0 can only follow 3.6.11 or a later 3.6: local runs 3.6.8.",
        ),
      ]);
      expect(checked.exitCode).toBe(2);
    },
  );

  step("refuses a target that is two minors away", async () => {
    expect(problems(await check("--to", "1.38.0"))).toEqual([
      "error: Kubernetes: Kubernetes goes forward one minor at a time, so v1.38.0 is too far ahead: local runs v1.36.3.",
    ]);
  });

  step(
    "names everything else in the cluster that matters, all at once",
    async () => {
      await place.kubectl(
        "get",
        "--raw",
        "/apis/networking.k8s.io/v1beta1/ipaddresses",
      );
      await apply({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: "foreign" },
      });
      await setStatus("node", "foreign", {
        nodeInfo: {
          kubeletVersion: "v1.33.1",
          containerRuntimeVersion: "containerd://1.5.9",
          kubeProxyVersion: "",
          machineID: "",
          systemUUID: "",
          bootID: "",
          kernelVersion: "",
          osImage: "",
          operatingSystem: "linux",
          architecture: "amd64",
        },
        conditions: [
          { type: "Ready", status: "False", message: "the disk is broken" },
        ],
      });
      await apply({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "web", namespace: "default" },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
      });
      // No disruption controller runs here.
      await setStatus("poddisruptionbudget", "web", {
        disruptionsAllowed: 0,
        expectedPods: 1,
        currentHealthy: 1,
        desiredHealthy: 1,
      });
      const version = (name: string, storage: boolean) => ({
        name,
        storage,
        served: true,
        schema: { openAPIV3Schema: { type: "object" } },
      });
      await apply({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "widgets.example.org" },
        spec: {
          group: "example.org",
          scope: "Namespaced",
          names: { plural: "widgets", kind: "Widget" },
          versions: [version("v1alpha1", false), version("v1", true)],
        },
      });
      await until("stored", 30, async () => {
        await setStatus("customresourcedefinition", "widgets.example.org", {
          storedVersions: ["v1alpha1", "v1"],
        });
        return true;
      });
      const checked = await check("--to", "1.37.1");
      expect(problems(checked)).toEqual([
        expect.stringContaining(
          "error: etcd: etcd 3.7.0 can only follow 3.6.11",
        ),
        "error: foreign: Its kubelet v1.33.1 is too old for Kubernetes v1.37.1.",
        "error: ipaddresses of networking.k8s.io/v1beta1: Somebody has asked local for this API since the API server there started, and Kubernetes 1.37 no longer has it.",
        "warning: foreign: It is not Ready: the disk is broken.",
        "warning: foreign: Its containerd 1.5.9 is too old for the kubelet of Kubernetes 1.37: it does not support CRI v1, which kubelet needs.",
        "warning: CustomResourceDefinition widgets.example.org: Objects may be in etcd as v1alpha1, while it stores them as v1.",
        "warning: PodDisruptionBudget default/web: It allows no eviction of its pod now, so a drain would wait until its time is over.",
      ]);
      expect(checked.exitCode).toBe(2);
    },
  );

  step("says the same to people", async () => {
    const { stdout } = await place.controlPlane("upgrade-check");
    expect(stdout).toContain("Upgrade of Kubernetes from v1.36.3 to v1.37.1\n");
    expect(stdout).toMatch(/^x foreign: Its kubelet v1\.33\.1 is too old/m);
    expect(stdout).toMatch(
      /^3 problems prevent the upgrade, and there are 4 warnings\./m,
    );
  });

  step("says what could not be asked when no API server answers", async () => {
    for (const pid of Object.values(place.pids(["kube-apiserver"])))
      process.kill(pid, "SIGKILL");
    const checked = await check("--to", "1.36.9");
    expect(problems(checked)).toEqual([
      expect.stringContaining("error: local: Its API server does not answer: "),
    ]);
    expect(checked.stores[0].unasked).toHaveLength(1);
    expect(checked.exitCode).toBe(2);
  });
});
