import { readdirSync } from "node:fs";
import type { Deployment } from "../lab/deployment";
import type { Lab } from "../lab/lab";
import { probeWhile } from "../lab/probe";
import { archivesOf } from "../lab/releases";
import { say, until } from "../say";
import { step } from "../steps";
import { ENDPOINT, NODES, startThreeHosts, threeNodes } from "./three-nodes";

const NAMES = Object.keys(NODES) as (keyof typeof NODES)[];
const NEXT = "1.37.1";
/** etcd's guide wants it before 3.7, which comes with the next minor. */
const BRIDGE = "3.6.16-0";
const COREFILE = "get configmap coredns --namespace=kube-system".split(" ");
const EDIT = "cache 31";

// Nodes change one after another, and each waits for its components.
jest.setTimeout(20 * 60_000);

describe("a cluster that is upgraded from one minor to the next", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    const bridge = archivesOf("1.36.3", { etcdImageTag: BRIDGE });
    const next = archivesOf(NEXT);
    lab = await startThreeHosts();
    await lab.give(ENDPOINT, lab.host("cp-3"));
    cluster = threeNodes(lab);
    const archives = [
      ...bridge.filter((file) => file.endsWith("/etcd.tar")),
      ...next,
    ];
    cluster.edit((main) =>
      main
        .replace("{ ControlPlane,", "{ ControlPlane, Etcd,")
        .replace(
          /(?=^ {2}nodes: \[$)/m,
          `  images: { archives: ${JSON.stringify(archives)} },\n`,
        ),
    );
    await cluster.deploy();
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  const setVersion = (version: string): void =>
    cluster.edit((main) =>
      main.replace(
        /kubernetesVersion: "[^"]+"/,
        `kubernetesVersion: "${version}"`,
      ),
    );

  const running = () =>
    cluster.kubectl(
      "get",
      "pods",
      "--namespace=kube-system",
      "--selector=tier=control-plane",
      "--output=jsonpath={range .items[*]}{.spec.containers[0].image}{'\\n'}{end}",
    );

  step("is refused in the plan while etcd is below its bridge", async () => {
    setVersion(NEXT);
    const { output, failed } = await cluster.run("plan");
    expect(failed).toBe(true);
    expect(output).toContain("can only follow 3.6.11 or a later 3.6");
    setVersion("1.36.3");
  });

  step("takes the bridge without a failed write", async () => {
    cluster.edit((main) =>
      main.replace(
        /(?=^ {2}nodes: \[$)/m,
        `  etcd: Etcd.stacked({ image: { tag: "${BRIDGE}" } }),\n`,
      ),
    );
    await withoutFailures();
    expect(await running()).toContain(`registry.k8s.io/etcd:${BRIDGE}`);
  });

  step("has its etcd looked after over SSH", async () => {
    const status = await cluster.run("etcd", "status");
    expect(status.failed).toBe(false);
    for (const name of NAMES) expect(status.output).toContain(name);
    const defragmented = await cluster.run("etcd", "defrag", "--all");
    expect(defragmented.failed).toBe(false);
    // The leader comes last, and has moved the leadership before.
    expect(defragmented.output).toMatch(/cp-\d[^]*cp-\d[^]*cp-\d/);
  });

  step("has a Corefile that people edited", async () => {
    const map = JSON.parse(
      await cluster.kubectl(...COREFILE, "--output=json"),
    ) as { data: { Corefile: string } };
    map.data.Corefile = map.data.Corefile.replace("cache 30", EDIT);
    await cluster.kubectlWith(
      { input: JSON.stringify(map) },
      "replace",
      "--filename=-",
    );
  });

  step(
    "stops at the first node if its new API server does not start, and can go back",
    async () => {
      setVersion(NEXT);
      cluster.edit((main) =>
        main.replace(
          /^ {2}etcd: .*\n/m,
          '  apiServer: { extraArgs: { "max-requests-inflight": "-1" } },\n',
        ),
      );
      let output = "";
      const servers = [NODES["cp-2"], NODES["cp-3"]];
      const probed = await probeWhile({ lab, cluster, servers }, async () => {
        ({ output } = await cluster.run("deploy"));
      });
      expect(output).toMatch(/cp-1: kube-apiserver ends again and again/);
      expect(output).toContain(
        "You can still go back to Kubernetes v1.36.3 and etcd 3.6.16",
      );
      expect(probed).toMatchObject({
        fewestReady: 2,
        failedWrites: 0,
        lost: [],
      });
      setVersion("1.36.3");
      cluster.edit((main) =>
        main.replace(
          /^ {2}apiServer: .*$/m,
          `  etcd: Etcd.stacked({ image: { tag: "${BRIDGE}" } }),`,
        ),
      );
      await withoutFailures();
      const images = await running();
      expect(images).not.toContain(NEXT);
      expect(images).not.toContain("etcd:3.7");
    },
  );

  step("is ready for the next minor, says the check", async () => {
    const { output } = await cluster.run("upgrade-check", "--to", NEXT);
    expect(output).toMatch(/0 problems|Nothing prevents/);
  });

  step("gets the next minor without a failed write or a lost one", async () => {
    setVersion(NEXT);
    cluster.edit((main) => main.replace(/^ {2}etcd: .*\n/m, ""));
    const start = Date.now();
    await withoutFailures();
    say(`upgraded in ${Math.round((Date.now() - start) / 1000)} s`);
    const images = await running();
    expect(images).not.toContain("v1.36.3");
    expect(images.match(/kube-apiserver:v1\.37\.1/g)).toHaveLength(3);
    expect(images.match(/etcd:3\.7\.0-0/g)).toHaveLength(3);
    expect((await cluster.run("plan")).output).toContain("no changes");
    expect(
      await cluster.kubectl(...COREFILE, "--output=jsonpath={.data.Corefile}"),
    ).toContain(EDIT);
    expect(
      await cluster.kubectl(
        ..."get deployment coredns --namespace=kube-system --output=jsonpath={..image}".split(
          " ",
        ),
      ),
    ).toContain("coredns:v1.14.6");
  });

  step("was saved before each of the changes", async () => {
    const names = readdirSync(cluster.store("backups")).map((name) =>
      name.replace(/-\d{8}T\d{6}Z/, ""),
    );
    expect(new Set(names)).toEqual(
      new Set(["prod-before-v1.36.3.backup", `prod-before-v${NEXT}.backup`]),
    );
  });

  step("refuses the way back", async () => {
    setVersion("1.36.3");
    const { output, failed } = await cluster.run("plan");
    expect(failed).toBe(true);
    expect(output).toContain("Kubernetes cannot go back a minor");
    setVersion(NEXT);
  });

  step("has kubeadm's tools working on its nodes", async () => {
    const table = await lab
      .host("cp-1")
      .exec("kubeadm certs check-expiration 2>&1");
    expect(table).not.toMatch(/MISSING|invalid/i);
  });

  /** Deploys, while objects are written through the API servers. */
  const withoutFailures = async (): Promise<void> => {
    const probed = await probeWhile(
      { lab, cluster, servers: Object.values(NODES) },
      () => cluster.deploy(),
    );
    expect(probed).toMatchObject({ failedWrites: 0, lost: [] });
    expect(probed.fewestReady).toBeGreaterThanOrEqual(NAMES.length - 1);
    await until("all is well", 120, async () =>
      (await cluster.run("check")).output.includes("as it should be"),
    );
  };
});
