import { Deployment } from "../lab/deployment";
import { fewestEchoes, runGuardedEcho } from "../lab/echo";
import { Lab } from "../lab/lab";
import { probeWhile } from "../lab/probe";
import { program } from "../lab/program";
import { archivesOf, installPackages } from "../lab/releases";
import { say, seconds, until } from "../say";
import { step } from "../steps";
import { NODES } from "./three-nodes";

const WORKERS = { "worker-1": "10.77.0.21", "worker-2": "10.77.0.22" };
const FIRST = "1.33.13";
/** The etcd of the first releases of 1.33. */
const FIRST_ETCD = "3.5.21-0";
/** What etcd's guide wants before the next minor of etcd. */
const BRIDGES = { "1.33.13": "3.5.33-0", "1.36.3": "3.6.16-0" };

/** The archives that a release needs. CoreDNS keeps one release all the time. */
const archives = (release: string): string[] =>
  archivesOf(release, { without: "coredns" });
const etcdArchive = (release: keyof typeof BRIDGES): string[] =>
  archivesOf(release, {
    etcdImageTag: BRIDGES[release],
    without: "coredns",
  }).filter((file) => file.endsWith("/etcd.tar"));

// Nodes change one after another, and each waits for its components.
jest.setTimeout(20 * 60_000);

describe("a cluster that goes from Kubernetes 1.33 to 1.37, one minor after another", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    const images = archivesOf(FIRST, {
      etcdImageTag: FIRST_ETCD,
      without: "coredns",
    });
    lab = await Lab.start({
      hosts: Object.entries({ ...NODES, ...WORKERS }).map(
        ([name, address]) => ({ name, address }),
      ),
      pods: false,
    });
    await Promise.all(lab.hosts.map((host) => installPackages(host, FIRST)));
    cluster = new Deployment(
      lab,
      "prod",
      program({
        clusterName: "prod",
        endpoint: "",
        sshKey: lab.sshKey,
        nodes: NODES,
        workers: WORKERS,
      })
        .replace("{ ControlPlane,", "{ ControlPlane, Endpoint, Etcd,")
        // Kubelets of workers reach the cluster whichever API server restarts.
        .replace('endpoint: ""', "endpoint: Endpoint.localProxy()")
        .replace(
          /(?=^ {2}nodes: \[$)/m,
          '  dns: { image: { tag: "v1.14.2" } },\n  etcd: Etcd.stacked({}),\n  images: {},\n',
        ),
    );
    write(FIRST, { images, etcd: FIRST_ETCD });
    await cluster.deploy();
    await runGuardedEcho(cluster);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  /** Writes a release into the program. */
  const write = (
    release: string,
    {
      images = archives(release),
      etcd,
    }: { images?: readonly string[]; etcd?: string } = {},
  ): void =>
    cluster.edit((main) =>
      main
        .replace(/(?<=kubernetesVersion: ")[^"]+/, release)
        .replace(
          /^ {2}images: .*$/m,
          `  images: { archives: ${JSON.stringify(images)} },`,
        )
        .replace(
          /^ {2}etcd: .*$/m,
          `  etcd: Etcd.stacked({${etcd ? ` image: { tag: "${etcd}" } ` : ""}}),`,
        ),
    );

  /** Deploys, while objects are written through the API servers and two pods serve. */
  const deployWithoutFailures = async (): Promise<void> => {
    const start = Date.now();
    const fewest = await fewestEchoes(cluster, async () => {
      const probed = await probeWhile(
        { lab, cluster, servers: Object.values(NODES) },
        () => cluster.deploy(),
      );
      expect(probed).toMatchObject({ failedWrites: 0, lost: [] });
      expect(probed.fewestReady).toBeGreaterThanOrEqual(2);
    });
    expect(fewest).toBeGreaterThanOrEqual(1);
    say(`upgraded in ${seconds(start)}`);
    await until("all is well", 120, async () =>
      (await cluster.run("check")).output.includes("as it should be"),
    );
    expect((await cluster.run("plan")).output).toContain("no changes");
  };

  const versions = (path: string): Promise<string> =>
    cluster.kubectl(
      "get",
      "nodes",
      `--output=jsonpath={.items[*].status.nodeInfo.${path}}`,
    );

  step("takes etcd's bridge", async () => {
    write(FIRST, {
      images: etcdArchive(FIRST),
      etcd: BRIDGES[FIRST],
    });
    await deployWithoutFailures();
  });

  for (const release of ["1.34.4", "1.35.4", "1.36.3"])
    step(`becomes ${release} without a failed write`, async () => {
      write(release);
      await deployWithoutFailures();
      expect(
        JSON.parse(await cluster.kubectl("get", "--raw", "/version")),
      ).toMatchObject({ gitVersion: `v${release}` });
    });

  step(
    "names the kubelets that the next minor would leave behind",
    async () => {
      const { output, failed } = await cluster.run(
        "upgrade-check",
        "--to",
        "1.37.1",
      );
      expect(failed).toBe(true);
      expect(output).toContain(
        "x cp-1, cp-2, cp-3, worker-1 and worker-2: Its kubelet v1.33.13 is too old for Kubernetes v1.37.1.",
      );
    },
  );

  step("keeps the pods' minimum while people upgrade kubelets", async () => {
    const fewest = await fewestEchoes(cluster, async () => {
      for (const { name } of lab.hosts) {
        await cluster.kubectl(
          ...`drain ${name} --ignore-daemonsets --delete-emptydir-data --timeout=120s`.split(
            " ",
          ),
        );
        await installPackages(lab.host(name), "1.36.3");
        await until(`${name} Ready with its new kubelet`, 120, async () =>
          / Ready\S* .* v1\.36\.3$/m.test(
            await cluster.kubectl("get", "node", name, "--no-headers"),
          ),
        );
        await cluster.kubectl("uncordon", name);
        await cluster.kubectl(
          ..."rollout status deployment/echo --namespace=default --timeout=120s".split(
            " ",
          ),
        );
      }
    });
    expect(fewest).toBeGreaterThanOrEqual(1);
    expect(await versions("kubeletVersion")).toBe(
      Array(5).fill("v1.36.3").join(" "),
    );
  });

  step("takes etcd's next bridge", async () => {
    write("1.36.3", {
      images: etcdArchive("1.36.3"),
      etcd: BRIDGES["1.36.3"],
    });
    await deployWithoutFailures();
  });

  step("becomes 1.37.1 without a failed write", async () => {
    write("1.37.1");
    await deployWithoutFailures();
  });
});
