import { bringBinaries } from "../lab/binaries";
import { Deployment } from "../lab/deployment";
import { fewestEchoes, runGuardedEcho } from "../lab/echo";
import { Lab } from "../lab/lab";
import { probeWhile } from "../lab/probe";
import { program } from "../lab/program";
import { archivesOf, versionOf } from "../lab/releases";
import { say, seconds, until } from "../say";
import { step } from "../steps";
import { killTerraform } from "./interrupt";
import { ENDPOINT, NODES } from "./three-nodes";

const WORKERS = { "worker-1": "10.77.0.21", "worker-2": "10.77.0.22" };
const NAMES = [...Object.keys(NODES), ...Object.keys(WORKERS)];
const FIRST = "1.35.4";
const NEXT = "1.36.3";

// Nodes change one after another, and each waits for its components.
jest.setTimeout(20 * 60_000);

describe("an upgrade of units, which brings kubelets and drains their nodes", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    // The hosts have the images of the next release.
    const pause = archivesOf(FIRST, { without: "coredns" }).filter((file) =>
      file.endsWith("/pause.tar"),
    );
    lab = await Lab.start({
      hosts: Object.entries({ ...NODES, ...WORKERS }).map(
        ([name, address]) => ({ name, address }),
      ),
      names: { "api.example.org": ENDPOINT },
      pods: false,
    });
    await lab.give(ENDPOINT, lab.host("cp-3"));
    cluster = new Deployment(
      lab,
      "prod",
      program({
        clusterName: "prod",
        endpoint: "api.example.org:6443",
        sshKey: lab.sshKey,
        nodes: NODES,
        workers: WORKERS,
      })
        .replace("PodNetwork }", "PodNetwork, Runtime }")
        .replace(
          /(?=^ {2}podNetwork:)/m,
          // CoreDNS keeps one release, whose image is on the hosts.
          `  dns: { image: { tag: "v1.14.2" } },\n  images: { archives: ${JSON.stringify(pause)} },\n  runtime: Runtime.systemd({ binaries: "bin" }),\n`,
        ),
    );
    bring(FIRST);
    await cluster.deploy();
    await runGuardedEcho(cluster);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  /** Writes a release into the program, and puts its binaries beside it. */
  function bring(release: string): void {
    cluster.edit((main) =>
      main.replace(/(?<=kubernetesVersion: ")[^"]+/, release),
    );
    bringBinaries(cluster, [], versionOf(release));
  }

  const kubelets = async (): Promise<string[]> =>
    (
      await cluster.kubectl(
        "get",
        "nodes",
        "--output=jsonpath={.items[*].status.nodeInfo.kubeletVersion}",
      )
    ).split(" ");

  const cordoned = async (): Promise<string> =>
    (
      await cluster.kubectl(
        "get",
        "nodes",
        "--output=jsonpath={.items[?(@.spec.unschedulable)].metadata.name}",
      )
    ).trim();

  const setMinimum = (minAvailable: number): Promise<string> =>
    cluster.kubectl(
      "patch",
      "poddisruptionbudget",
      "echo",
      "--namespace=default",
      "--type=merge",
      `--patch=${JSON.stringify({ spec: { minAvailable } })}`,
    );

  step(
    "is refused while a budget allows no eviction, and changes nothing",
    async () => {
      await setMinimum(2);
      await until("the budget allows nothing", 60, async () => {
        const allowed = await cluster.kubectl(
          ..."get poddisruptionbudget echo --namespace=default --output=jsonpath={.status.disruptionsAllowed}/{.status.observedGeneration}".split(
            " ",
          ),
        );
        return allowed === "0/2";
      });
      bring(NEXT);
      const { output, failed } = await cluster.run("deploy");
      expect(failed).toBe(true);
      expect(output).toMatch(/PodDisruptionBudget default\/echo: /);
      expect(await kubelets()).toEqual(NAMES.map(() => `v${FIRST}`));
      expect(await cordoned()).toBe("");
      await setMinimum(1);
    },
  );

  step("goes on after it was killed while a node was drained", async () => {
    const deploy = cluster.run("deploy");
    await until(
      "a node is cordoned",
      300,
      async () => (await cordoned()) !== "",
    );
    killTerraform(cluster);
    expect((await deploy).failed).toBe(true);
  });

  step("ends without a failed write, and with a pod at all times", async () => {
    const start = Date.now();
    let output = "";
    const fewest = await fewestEchoes(cluster, async () => {
      const probed = await probeWhile(
        { lab, cluster, servers: Object.values(NODES) },
        async () => {
          ({ output } = await cluster.deploy());
        },
      );
      expect(probed).toMatchObject({ failedWrites: 0, lost: [] });
      expect(probed.fewestReady).toBeGreaterThanOrEqual(2);
    });
    say(`upgraded in ${seconds(start)}`);
    expect(fewest).toBeGreaterThanOrEqual(1);
    for (const name of Object.keys(WORKERS))
      expect(output).toContain(`${name}: drained`);
    expect(await kubelets()).toEqual(NAMES.map(() => `v${NEXT}`));
    expect(await cordoned()).toBe("");
    expect((await cluster.run("check")).output).toContain(
      "All 5 nodes are as they should be.",
    );
    expect((await cluster.run("plan")).output).toContain("no changes");
  });
});
