import { existsSync, readdirSync } from "node:fs";
import type { Deployment } from "../lab/deployment";
import type { Lab } from "../lab/lab";
import { probeWhile } from "../lab/probe";
import { until } from "../say";
import { killTerraform, startedBy } from "./interrupt";
import { ENDPOINT, NODES, startThreeHosts, threeNodes } from "./three-nodes";

jest.setTimeout(600_000);

const STATE = "/var/lib/cdktf-control-plane";
const ETCD_MANIFEST = "/etc/kubernetes/manifests/etcd.yaml";

describe("a deploy that is interrupted", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await startThreeHosts();
  });

  beforeEach(() => {
    cluster = threeNodes(lab);
  });

  afterEach(() => cluster.end());

  afterAll(() => lab?.end());

  /** The moments of the interruption: conditions on a host, during the first deploy. */
  const MOMENTS = {
    "while certificates are made": () =>
      until("certificates", 60, () =>
        Promise.resolve(existsSync(cluster.store("nodes/cp-1"))),
      ),
    "during delivery": () => once(`[ -d ${STATE} ]`),
    "while etcd forms": () => once(`[ -e ${ETCD_MANIFEST} ]`),
    "while API servers start": () => once("pidof kube-apiserver"),
  };

  test.each(Object.entries(MOMENTS))(
    "because it was killed %s is completed by the next one",
    async (_, moment) => {
      await reinstall();
      const { output } = await interruptedBy(moment, () => {
        killTerraform(cluster);
        return Promise.resolve();
      });
      expect(output).toContain("deploy again");
      await converges();
    },
  );

  test.each(Object.entries(MOMENTS).slice(1))(
    "because it lost a connection %s is completed by the next one",
    async (_, moment) => {
      await reinstall();
      const { output } = await interruptedBy(moment, () =>
        lab.host("cp-2").cutSsh(),
      );
      expect(output).toContain("The connection to cp-2 (10.77.0.12) was lost");
      await lab.host("cp-2").restoreSsh();
      await converges();
    },
  );

  test("loses no write when it is killed, or loses a connection, during a roll", async () => {
    await reinstall();
    await cluster.deploy();
    const servers = Object.values(NODES);
    const probed = await probeWhile({ lab, cluster, servers }, async () => {
      setFlag("321");
      await interruptedBy(isRolled("cp-1", "321"), () => {
        killTerraform(cluster);
        return Promise.resolve();
      });
      setFlag("322");
      await interruptedBy(isRolled("cp-2", "322"), () =>
        lab.host("cp-2").cutSsh(),
      );
      await lab.host("cp-2").restoreSsh();
      await converges();
    });
    expect(probed).toMatchObject({ failedWrites: 0, lost: [] });
    expect(probed.fewestReady).toBeGreaterThanOrEqual(2);
  });

  async function reinstall(): Promise<void> {
    await Promise.all(lab.hosts.map((host) => host.reinstall()));
    await lab.give(ENDPOINT, lab.host("cp-3"));
  }

  /** Waits for a condition on the host itself, where it is noticed at once. */
  async function once(condition: string): Promise<void> {
    await lab
      .host("cp-2")
      .exec(`timeout 120 sh -c 'until ${condition}; do sleep 0.02; done'`);
  }

  const isRolled = (name: string, value: string) => () =>
    until(`${name} has the change`, 240, async () => {
      const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
      await lab.host(name).exec(`grep -q -- =${value} ${manifest}`);
      return true;
    });

  /** Deploys, and interrupts the deploy at a moment so that it fails. Returns its output. */
  async function interruptedBy(
    moment: () => Promise<unknown>,
    interrupt: () => Promise<void>,
  ): Promise<{ output: string }> {
    const deploy = cluster.run("deploy");
    await moment();
    await interrupt();
    const { output, failed } = await deploy;
    expect(failed).toBe(true);
    return { output };
  }

  /** Expects that the next deploy completes everything, and that nothing is left of the interrupted one. */
  async function converges(): Promise<void> {
    await until("all that it started is gone", 20, () =>
      Promise.resolve(startedBy(cluster).length === 0),
    );
    await cluster.deploy();
    const nodes = await cluster.kubectl("get", "nodes", "--no-headers");
    expect(nodes.match(/^\S+ +Ready /gm)).toHaveLength(3);
    expect((await cluster.run("check")).output).toContain(
      "All 3 nodes are as they should be.",
    );
    expect((await cluster.deploy()).output).toContain("no changes");
    expect(startedBy(cluster)).toEqual([]);
    expect(readdirSync(cluster.store(".lock"))).toEqual([
      expect.stringMatching(/^\d+$/),
    ]);
    for (const { name } of lab.hosts) {
      const left = await lab.host(name).exec(`ls -A ${STATE}`);
      expect(left.trim().split("\n")).toEqual([
        "cdktf-pod-routes",
        "delivered",
        "kubelet",
        "lock",
      ]);
      expect(await lab.host(name).exec(BESIDE)).toBe("");
    }
  }

  function setFlag(value: string): void {
    const line = `  apiServer: { extraArgs: { "max-requests-inflight": "${value}" } },\n`;
    cluster.edit((main) =>
      main.replace(/( {2}apiServer: .*\n)?( {2}nodes: \[\n)/, `${line}$2`),
    );
  }
});

/** The files that a delivery writes beside those that it will replace. */
const BESIDE = `
find /etc/kubernetes /var/lib/kubelet /etc/systemd -xdev -regextype posix-extended -regex '.*/[.][^/]+[.][0-9a-f]{16}'
`;
