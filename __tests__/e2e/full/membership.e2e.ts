import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { probeWhile } from "../lab/probe";
import { program } from "../lab/program";
import { step } from "../steps";
import { remainsOf } from "./remains";

const ENDPOINT = "10.77.0.10";
const CP_1 = "10.77.0.11";
const CP_2 = "10.77.0.12";
const CP_3 = "10.77.0.13";
const CP_4 = "10.77.0.14";

describe("a control plane whose nodes come and go", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        { name: "cp-1", address: CP_1 },
        { name: "cp-2", address: CP_2 },
        { name: "cp-3", address: CP_3 },
      ],
      names: { "api.example.org": ENDPOINT },
      pods: false,
    });
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster = new Deployment(lab, "prod", programOf({ "cp-1": CP_1 }));
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step(
    "starts with one node, and an endpoint that is no node's address",
    async () => {
      await cluster.deploy();
      expect(await nodes()).toEqual(["cp-1"]);
      expect(await votersOf("cp-1", CP_1)).toEqual(["cp-1"]);
    },
  );

  step("grows to three without a failed request or a restart", async () => {
    const before = await processes("cp-1");
    cluster.edit(() => programOf({ "cp-1": CP_1, "cp-2": CP_2, "cp-3": CP_3 }));

    const servers = [CP_1];
    const probed = await probeWhile({ lab, cluster, servers }, () =>
      cluster.deploy(),
    );

    expect(probed).toMatchObject({ fewestReady: 1, failedWrites: 0 });
    expect(probed.rounds.filter(({ read }) => !read)).toEqual([]);
    expect(probed.lost).toEqual([]);
    expect(await processes("cp-1")).toBe(before);
    expect(await nodes()).toEqual(["cp-1", "cp-2", "cp-3"]);
    expect(await votersOf("cp-1", CP_1)).toEqual(["cp-1", "cp-2", "cp-3"]);
  });

  step(
    "has its first node replaced by a new machine in one deploy",
    async () => {
      await lab.add({ name: "cp-4", address: CP_4 });
      await lab.give(ENDPOINT, lab.host("cp-2"));
      const before = await Promise.all(["cp-2", "cp-3"].map(processes));
      cluster.edit(() =>
        programOf({ "cp-2": CP_2, "cp-3": CP_3, "cp-4": CP_4 }),
      );

      const servers = [CP_2, CP_3];
      const probed = await probeWhile({ lab, cluster, servers }, async () => {
        const { output } = await cluster.deploy();
        expect(output).toMatch(/cp-4: joined etcd[^]*cp-1: left the cluster/);
      });

      expect(probed).toMatchObject({
        fewestReady: 2,
        failedWrites: 0,
        lost: [],
      });
      expect(await Promise.all(["cp-2", "cp-3"].map(processes))).toEqual(
        before,
      );
      expect(await nodes()).toEqual(["cp-2", "cp-3", "cp-4"]);
      expect(await votersOf("cp-4", CP_4)).toEqual(["cp-2", "cp-3", "cp-4"]);
      expect(await remainsOf(lab.host("cp-1"))).toBe("");
    },
  );

  step(
    "accepts a machine that was reinstalled with the same address",
    async () => {
      const host = lab.host("cp-3");
      await host.reinstall();
      const machineId = (await host.exec("cat /etc/machine-id")).trim();
      cluster.edit((main) =>
        withProp(main, "cp-3", `machineId: "${machineId}"`),
      );

      const { output } = await cluster.deploy();

      expect(output).toContain(
        "cp-3: its etcd data are gone, so its old member was removed",
      );
      expect(await nodes()).toEqual(["cp-2", "cp-3", "cp-4"]);
      expect(await votersOf("cp-3", CP_3)).toEqual(["cp-2", "cp-3", "cp-4"]);
      expect((await cluster.deploy()).output).toContain("no changes");
    },
  );

  step("refuses to lose its quorum, and changes nothing", async () => {
    cluster.edit(() => programOf({ "cp-2": CP_2 }));

    const { output, failed } = await cluster.run("deploy");

    expect(failed).toBe(true);
    expect(output).toContain(
      "etcd would lose its quorum: of its members cp-2, cp-3, cp-4 these are no longer among the nodes: cp-3, cp-4. " +
        "Fewer than half may leave at once: list them again with retire: true and apply, " +
        "then take them off the list and delete their machines.",
    );
    expect(await votersOf("cp-2", CP_2)).toEqual(["cp-2", "cp-3", "cp-4"]);
  });

  step("shrinks to one node once the others are retired", async () => {
    const before = await processes("cp-2");
    cluster.edit(() =>
      ["cp-3", "cp-4"].reduce(
        (main, name) => withProp(main, name, "retire: true"),
        programOf({ "cp-2": CP_2, "cp-3": CP_3, "cp-4": CP_4 }),
      ),
    );
    await cluster.deploy();
    expect(await nodes()).toEqual(["cp-2"]);
    expect(await votersOf("cp-2", CP_2)).toEqual(["cp-2"]);
    for (const name of ["cp-3", "cp-4"])
      expect(await remainsOf(lab.host(name))).toBe("");
    expect((await cluster.deploy()).output).toContain("no changes");

    await Promise.all(["cp-3", "cp-4"].map((name) => lab.host(name).kill()));
    cluster.edit(() => programOf({ "cp-2": CP_2 }));
    await cluster.deploy();
    expect(await processes("cp-2")).toBe(before);
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  function programOf(addresses: Readonly<Record<string, string>>): string {
    return program({
      clusterName: "prod",
      endpoint: "api.example.org:6443",
      sshKey: lab.sshKey,
      nodes: addresses,
    });
  }

  async function nodes(): Promise<string[]> {
    const all = await cluster.kubectl("get", "nodes", "--no-headers");
    const rows = all.trim().split("\n");
    return rows.flatMap((row) => {
      const [name, status] = row.split(/ +/);
      return status === "Ready" ? [name] : [];
    });
  }

  /** The processes of etcd and the API server: their ids and names. */
  const processes = (name: string): Promise<string> =>
    lab
      .host(name)
      .exec("pgrep --exact --list-name etcd; pgrep --list-name kube-apiserver");

  /** The list of members, according to one of them. */
  async function votersOf(name: string, address: string): Promise<string[]> {
    const pki = cluster.store(`nodes/${name}/root/etc/kubernetes/pki/etcd`);
    const answer = await lab.admin.run([
      "etcdctl",
      "--endpoints",
      `https://${address}:2379`,
      "--cacert",
      `${pki}/ca.crt`,
      "--cert",
      `${pki}/healthcheck-client.crt`,
      "--key",
      `${pki}/healthcheck-client.key`,
      "member",
      "list",
      "--write-out",
      "json",
    ]);
    const { members } = JSON.parse(answer) as {
      members: { name: string; isLearner?: boolean }[];
    };
    return members
      .flatMap(({ name, isLearner }) => (isLearner ? [] : [name]))
      .sort();
  }
});

/** The program, with one more property for a node. */
const withProp = (main: string, name: string, prop: string): string =>
  main.replace(`name: "${name}",`, `name: "${name}", ${prop},`);
