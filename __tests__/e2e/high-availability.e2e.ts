import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { healthOf, leaderOf } from "./clients";
import { Cluster, REPOSITORY } from "./cluster";
import type { Machine } from "./machines";
import { itRuns } from "./proof";
import { say, seconds, until } from "./say";
import { step } from "./steps";

/** The program of the README, unchanged. */
const main = readFileSync(join(REPOSITORY, "main.ts"), "utf8").replace(
  '"./lib"',
  '"cdktf-control-plane"',
);

describe("main.ts: three nodes, RSA 2048", () => {
  const cluster = new Cluster({
    main,
    clusterName: "example",
    nodes: { "cp-1": "10.0.0.11", "cp-2": "10.0.0.12", "cp-3": "10.0.0.13" },
    endpoint: { host: "api.example.org", address: "10.0.0.10" },
    adminAddress: "10.0.0.1",
    prefix: 24,
  });
  itRuns(cluster);

  step(
    "reads from one API server what was written through another",
    async () => {
      const [first, second, third] = cluster.machines;
      await write("written", "cp-1", first);
      for (const server of [second, third])
        expect(await read("written", server)).toBe("cp-1");
    },
  );

  step(
    "changes one file on each node for one flag of the API servers",
    async () => {
      const before = hashes();
      cluster.change((text) =>
        text.replace(
          'podSubnet: "',
          'apiServer: { extraArgs: { "max-requests-inflight": "123" } },\n  podSubnet: "',
        ),
      );
      await cluster.deploy();
      const after = hashes();
      const changed = Object.keys({ ...before, ...after }).filter(
        (path) => before[path] !== after[path],
      );
      expect(changed.sort()).toEqual([
        ...cluster.machines.map(
          ({ name }) =>
            `nodes/${name}/root/etc/kubernetes/manifests/kube-apiserver.yaml`,
        ),
        "objects/kubeadm-config.yaml",
      ]);
    },
  );

  step(
    "restarts one API server at a time for the flag, while two others always serve",
    async () => {
      const servers = cluster.podsOf("kube-apiserver");
      let rolling = true;
      let fewest = servers.length;
      const watch = async () => {
        while (rolling) {
          const ready = await Promise.all(
            servers.map((each) => each.isReady()),
          );
          fewest = Math.min(fewest, ready.filter(Boolean).length);
        }
      };
      const roll = async () => {
        for (const server of servers) {
          const start = Date.now();
          await server.stop();
          server.start();
          await server.ready();
          expect(server.runningArguments()).toContain(
            "--max-requests-inflight=123",
          );
          say(`${server.title} has it after ${seconds(start)}`);
        }
      };
      await Promise.all([watch(), roll().finally(() => (rolling = false))]);
      expect(fewest).toBe(servers.length - 1);
    },
  );

  let lost: Machine;

  step(
    "keeps serving when the node with the leaders and the endpoint is lost",
    async () => {
      const [first] = cluster.machines;
      const leader = await leaderOf(first, "kube-controller-manager");
      lost = cluster.machines.find(({ name }) => name === leader)!;
      await cluster.moveEndpoint(first, lost);
      const [heir, other] = cluster.machines.filter((each) => each !== lost);

      await Promise.all(cluster.podsOn(lost).map((pod) => pod.stop(0)));
      await cluster.moveEndpoint(lost, heir);
      await until("the endpoint serving", 60, async () => {
        await cluster.kubectl("get", "--raw", "/readyz");
        return true;
      });
      // It may have been etcd's leader, too. Until there is a new leader, writes time out.
      await until("a write taken", 60, async () => {
        await write("lost", lost.name, heir);
        return true;
      });
      expect(await read("lost", other)).toBe(lost.name);
      for (const name of ["kube-controller-manager", "kube-scheduler"])
        await until(`${name} led by another`, 90, async () => {
          const now = await leaderOf(heir, name);
          return now !== "" && now !== lost.name;
        });
    },
  );

  step("takes the node back", async () => {
    const pods = cluster.podsOn(lost);
    for (const pod of pods) pod.start();
    await cluster.ready(pods);
    expect(await read("lost", lost)).toBe(lost.name);
    expect(await healthOf(lost)).toEqual([true, true, true]);
  });

  const write = (name: string, value: string, server: Machine) => {
    const metadata = { name, namespace: "default" };
    const type = { apiVersion: "v1", kind: "ConfigMap" };
    return cluster.kubectlWith(
      { server, input: JSON.stringify({ ...type, metadata, data: { value } }) },
      "apply",
      "--server-side",
      "--filename",
      "-",
    );
  };

  const read = (key: string, server: Machine) =>
    cluster.kubectlWith(
      { server },
      "get",
      "configmap",
      key,
      "--output",
      "jsonpath={.data.value}",
    );

  /** The hashes of all files of the nodes, and of the objects. */
  function hashes(): Record<string, string> {
    const files = ["nodes", "objects"].flatMap((folder) =>
      readdirSync(cluster.store(folder), {
        recursive: true,
        withFileTypes: true,
      })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    return Object.fromEntries(
      files.map((file) => [
        relative(cluster.store("."), file),
        createHash("sha256").update(readFileSync(file)).digest("hex"),
      ]),
    );
  }
});
