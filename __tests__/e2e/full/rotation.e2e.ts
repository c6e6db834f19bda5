import { X509Certificate } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Deployment } from "../lab/deployment";
import { fewestEchoes, runGuardedEcho } from "../lab/echo";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { type Trust, trustWhile } from "../lab/trust-probe";
import { until } from "../say";
import { step } from "../steps";
import { killTerraform } from "./interrupt";
import { ENDPOINT, NODES } from "./three-nodes";

const WORKERS = { "worker-1": "10.77.0.21", "worker-2": "10.77.0.22" };
const NAMES = [...Object.keys(NODES), ...Object.keys(WORKERS)];
const SERVERS = [...Object.values(NODES), "api.example.org"];
const KUBELET_CERTIFICATE = "/var/lib/kubelet/pki/kubelet-client-current.pem";

// Nodes change one after another, and each waits for its components.
jest.setTimeout(20 * 60_000);

describe("new generations of all keys", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
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
      }),
    );
    await cluster.deploy();
    await runGuardedEcho(cluster);
    copyFileSync(cluster.store("kubeconfigs/admin.conf"), old("admin"));
    await writeTokenKubeconfig("token");
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  const old = (name: string): string =>
    join(cluster.directory, `old-${name}.conf`);

  /** A client with a token of the present key, which trusts only the present CA. */
  async function writeTokenKubeconfig(name: string): Promise<void> {
    const token = await cluster.kubectl(
      ..."create token default --namespace=default --duration=4h".split(" "),
    );
    const ca = readFileSync(cluster.store("pki/ca.crt")).toString("base64");
    cluster.write(
      `old-${name}.conf`,
      JSON.stringify({
        clusters: [
          { name: "prod", cluster: { "certificate-authority-data": ca } },
        ],
        users: [{ name: "default", user: { token: token.trim() } }],
      }),
    );
  }

  const setKeys = (all: string): void =>
    cluster.edit((main) =>
      main
        .replace(/^ {2}keys:.*\n/m, "")
        .replace(/(?=^ {2}podNetwork:)/m, `  keys: { all: ${all} },\n`),
    );

  const probed = (
    clients: Record<string, string>,
    action: () => Promise<unknown>,
  ): Promise<Trust> =>
    trustWhile({ lab, cluster, servers: SERVERS, clients }, action);

  /** Who issued the certificates with which the kubelets of these nodes act. */
  const kubeletIssuers = (names: readonly string[]): Promise<string[]> =>
    Promise.all(
      names.map(async (name) => {
        const pem = await lab.host(name).exec(`cat ${KUBELET_CERTIFICATE}`);
        return new X509Certificate(pem).issuer;
      }),
    );

  step(
    "come without a refusal to anybody, although the deploy is killed on the way",
    async () => {
      const clients = {
        "the old admin": old("admin"),
        "an old token": old("token"),
        "the admin": cluster.store("kubeconfigs/admin.conf"),
      };
      setKeys("{ generation: 2 }");
      let fewest = 0;
      const { refusals, answered } = await probed(clients, async () => {
        fewest = await fewestEchoes(cluster, async () => {
          const deploy = cluster.run("deploy");
          await until(
            "the first node trusts both CAs",
            300,
            async () => (await certificatesOn("cp-1")) === 2,
          );
          killTerraform(cluster);
          expect((await deploy).failed).toBe(true);
          await cluster.deploy();
        });
      });
      expect(refusals).toEqual([]);
      for (const name of Object.keys(clients))
        expect(answered[name]).toBeGreaterThan(100);
      expect(fewest).toBe(2);
    },
  );

  const certificatesOn = async (name: string): Promise<number> =>
    (await lab.host(name).exec("cat /etc/kubernetes/pki/ca.crt")).split(
      "BEGIN CERTIFICATE",
    ).length - 1;

  step("give the workers' kubelets certificates of the new CA", async () => {
    const workers = Object.keys(WORKERS);
    expect(await kubeletIssuers(workers)).toEqual(
      workers.map(() => "CN=kubernetes-2"),
    );
    const nodes = await cluster.kubectl("get", "nodes", "--no-headers");
    expect(nodes.match(/ Ready /g)).toHaveLength(NAMES.length);
  });

  step("sign with the new keys, and leave nothing to do", async () => {
    for (const name of Object.keys(NODES))
      expect(await lab.host(name).exec("cat /etc/kubernetes/pki/ca.key")).toBe(
        readFileSync(cluster.store("pki/ca-2.key"), "utf8"),
      );
    expect((await cluster.run("check")).output).toContain(
      "All 5 nodes are as they should be.",
    );
    expect((await cluster.run("plan")).output).toContain("no changes");
  });

  step("keep logs and commands in pods working", async () => {
    const pod = (
      await cluster.kubectl(
        ..."get pods --namespace=default --selector=app=echo --output=jsonpath={.items[0].metadata.name}".split(
          " ",
        ),
      )
    ).trim();
    await cluster.kubectl("logs", "--namespace=default", pod);
  });

  step(
    "are then the only ones: what the first generation signed gets 401, and nothing else",
    async () => {
      await writeTokenKubeconfig("new-token");
      setKeys("{ generation: 2, trustPrevious: false }");
      const { refusals } = await probed(
        {
          "the old admin": old("admin"),
          "an old token": old("token"),
          "the admin": cluster.store("kubeconfigs/admin.conf"),
          "a new token": old("new-token"),
        },
        () => cluster.deploy(),
      );
      const others = refusals.filter(({ name }) => !/ old /.test(name));
      expect(others).toEqual([]);
      const reasons = new Set(refusals.map(({ reason }) => reason));
      expect([...reasons]).toEqual(["401"]);
      expect(await certificatesOn("worker-1")).toBe(1);
      expect(await kubeletIssuers(NAMES)).toEqual(
        NAMES.map(() => "CN=kubernetes-2"),
      );
      expect((await cluster.run("check")).output).toContain(
        "All 5 nodes are as they should be.",
      );
      expect((await cluster.run("plan")).output).toContain("no changes");
    },
  );
});
