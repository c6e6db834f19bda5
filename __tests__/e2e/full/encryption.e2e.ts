import { killTerraform } from "./interrupt";
import { ENDPOINT, NODES, startThreeHosts, threeNodes } from "./three-nodes";
import type { Deployment } from "../lab/deployment";
import type { Lab } from "../lab/lab";
import { type Probed, probeWhile } from "../lab/probe";
import { until } from "../say";
import { step } from "../steps";

jest.setTimeout(900_000);

const NAMES = Object.keys(NODES) as (keyof typeof NODES)[];
const SECRETS = 300;
const FILE = "/etc/kubernetes/encryption/configuration.yaml";

/** What is encrypted: also what the probe writes through one API server, and reads through another one. */
const RESOURCES = { secrets: "secrets", configmaps: "configmaps" };

describe("encryption at rest on three hosts", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await startThreeHosts();
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster = threeNodes(lab);
    await cluster.deploy();
    const items = Array.from({ length: SECRETS }, (_, i) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `s-${i}` },
      stringData: { number: String(i) },
    }));
    await cluster.kubectlWith(
      { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) },
      "create",
      "-f",
      "-",
    );
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  const encrypting = (generation: number): void =>
    cluster.edit((main) =>
      main
        .replace("{ ControlPlane,", "{ ControlPlane, Encryption,")
        .replace("Encryption, Encryption", "Encryption")
        .replace(
          /^ {2}encryption: .*\n|(?=^ {2}nodes: \[$)/m,
          `  encryption: Encryption.secretbox({ resources: ${JSON.stringify(Object.keys(RESOURCES))}, generation: ${generation} }),\n`,
        ),
    );

  const probed = (action: () => Promise<unknown>): Promise<Probed> =>
    probeWhile({ lab, cluster, servers: Object.values(NODES) }, action);

  const expectNothingLost = ({ rounds, failedWrites, lost }: Probed): void => {
    expect({ failedWrites, lost }).toEqual({ failedWrites: 0, lost: [] });
    expect(rounds.filter(({ read }) => !read)).toEqual([]);
  };

  /** The keys that an API server has, the one that writes first. */
  const knownOn = async (name: (typeof NAMES)[number]): Promise<string> => {
    const text = await lab.host(name).exec(`cat ${FILE} 2>/dev/null || true`);
    const found = [...text.matchAll(/name: (\S+)|^ +- (identity):/gm)];
    return found.map(([, key, identity]) => key ?? identity).join();
  };

  const servers = (): Promise<string[]> =>
    Promise.all(
      NAMES.map((name) => lab.host(name).exec("pidof kube-apiserver")),
    );

  step("turns it on while two API servers always serve", async () => {
    expect(Object.keys(await keys())).toEqual(["plain"]);
    encrypting(1);
    const found = await probed(() => cluster.deploy());
    expectNothingLost(found);
    expect(found.fewestReady).toBeGreaterThanOrEqual(2);
    expect(Object.keys(await keys())).toEqual(["secretbox:v1:generation-1"]);
    for (const name of NAMES) {
      expect(await knownOn(name)).toBe("generation-1");
      expect(await lab.host(name).exec(`stat --format '%a %U' ${FILE}`)).toBe(
        "600 root\n",
      );
    }
  });

  step("has nothing to do in a second deploy", async () => {
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step(
    "gets another key although it is killed half way, and nothing restarts",
    async () => {
      const before = await servers();
      encrypting(2);
      const found = await probed(async () => {
        const deploy = cluster.run("deploy");
        await until(
          "one API server may write with the new key",
          240,
          async () => (await knownOn("cp-1")).startsWith("generation-2"),
        );
        killTerraform(cluster);
        expect((await deploy).failed).toBe(true);
        await cluster.deploy();
      });
      expectNothingLost(found);
      expect(await servers()).toEqual(before);
      expect(Object.keys(await keys())).toEqual(["secretbox:v1:generation-2"]);
      for (const name of NAMES)
        expect(await knownOn(name)).toBe("generation-2");
      const names = await cluster.kubectl("get", "secrets", "--output", "name");
      expect(names.trim().split("\n")).toHaveLength(SECRETS);
    },
  );

  /** How many values begin with what, in etcd. */
  async function keys(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const folder of Object.values(RESOURCES)) {
      const base64 = (text: string) => Buffer.from(text).toString("base64");
      const body = {
        key: base64(`/registry/${folder}/`),
        range_end: base64(`/registry/${folder}0`),
      };
      const pki = "/etc/kubernetes/pki/etcd";
      const answer = await lab
        .host("cp-1")
        .exec(
          `curl --silent --fail --cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key --data '${JSON.stringify(body)}' https://127.0.0.1:2379/v3/kv/range`,
        );
      const { kvs = [] } = JSON.parse(answer) as { kvs?: { value: string }[] };
      for (const { value } of kvs) {
        const begin = Buffer.from(value, "base64").toString("latin1", 0, 80);
        const key = /^k8s:enc:(\w+:v1:[^:]+):/.exec(begin)?.[1] ?? "plain";
        counts[key] = (counts[key] ?? 0) + 1;
      }
    }
    return counts;
  }
});
