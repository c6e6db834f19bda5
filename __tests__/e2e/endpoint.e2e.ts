import { readFileSync } from "node:fs";
import { readEndpointFacts } from "../../lib/agent/hosts/endpoint-facts";
import { ENDPOINT_PROGRAMS } from "../../lib/catalog/endpoint";
import { localHost } from "../agent/preflight/local-host";
import { Client, outage } from "./endpoint/client";
import { ADMIN, EndpointCluster, VIRTUAL_IP } from "./endpoint/cluster";
import type { Machine } from "./machines";
import { say, until } from "./say";
import { step } from "./steps";

const CONNECTIONS = 12;

/** Idle connections, like those of watches. Prints how and when each of them ended. */
const SILENT = `for i in $(seq ${CONNECTIONS}); do (
  exec 3<>/dev/tcp/127.0.0.1/8443
  read -r -t 10 -u 3
  echo "$? $(date +%s%3N)"
) & done
wait`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("Endpoint.virtualIp", () => {
  const lab = new EndpointCluster(
    `Endpoint.virtualIp({ address: "${VIRTUAL_IP}" })`,
    ["kube-apiserver-proxy.service", "kube-apiserver-vip.service"],
  );
  const { cluster } = lab;
  const url = `https://${VIRTUAL_IP}:8443`;
  let clients = 0;
  afterAll(() => lab.end());

  const holders = async (): Promise<Machine[]> => {
    const found: Machine[] = [];
    for (const machine of cluster.machines) {
      const addresses = await machine.run(["ip", "-oneline", "address"]);
      if (addresses.includes(` ${VIRTUAL_IP}/`)) found.push(machine);
    }
    return found;
  };
  const holder = async (): Promise<Machine> => {
    await until("one machine has the address", 15, async () => {
      return (await holders()).length === 1;
    });
    return (await holders())[0];
  };
  const client = () =>
    new Client(cluster.admin, url, lab.log(cluster.admin, `${clients++}`));

  step(
    "gives the address to one node once an API server is ready",
    async () => {
      await lab.start();
      await until("the virtual IP serves", 20, async () => {
        await cluster.kubectl("get", "--raw", "/readyz");
        return true;
      });
      say(`${(await holder()).name} has it`);
    },
  );

  step("fails no request while an API server shuts down normally", async () => {
    const running = client();
    await pause(1000);
    const [, pod] = cluster.podsOf("kube-apiserver");
    await pod.stop(40);
    pod.start();
    await pod.ready();
    await pause(1500);
    const { asked, failed } = await running.failures();
    say(
      `${asked} requests, ${failed.length} failed: ${JSON.stringify(failed)}`,
    );
    expect(failed).toEqual([]);
  });

  step(
    "fails only requests in flight while an API server is killed",
    async () => {
      const running = client();
      await pause(1000);
      const [pod] = cluster.podsOf("kube-apiserver");
      await pod.stop(0);
      await pause(6000);
      pod.start();
      await pod.ready();
      await pause(1500);
      const { asked, failed } = await running.failures();
      say(
        `${asked} requests, ${failed.length} failed: ${JSON.stringify(failed)}`,
      );
      // Only the request in flight may fail.
      expect(failed.length).toBeLessThanOrEqual(1);
    },
  );

  step("keeps connections when its units reload", async () => {
    const machine = await holder();
    const [proxy, virtualIp] = lab.unitsOf(machine);
    const watch = cluster.admin.run([
      "kubectl",
      "--kubeconfig",
      cluster.store("nodes/cp-1/root/etc/kubernetes/super-admin.conf"),
      "get",
      "--raw",
      "/api/v1/namespaces/default/events?watch=true&timeoutSeconds=4",
    ]);
    const running = client();
    await pause(1000);
    await proxy.reload();
    await pause(1000);
    await virtualIp.reload();
    await watch;
    const { asked, failed } = await running.failures();
    say(`${asked} requests, ${failed.length} failed`);
    expect(failed).toEqual([]);
    expect(await holders()).toEqual([machine]);
  });

  step("moves the address when the proxy of its holder hangs", async () => {
    const machine = await holder();
    const [proxy] = lab.unitsOf(machine);
    const running = client();
    await pause(500);
    await proxy.end();
    await until("another has it", 10, async () => {
      const [now] = await holders();
      return now !== undefined && now !== machine;
    });
    await pause(1000);
    const { failed } = await running.failures();
    say(`${failed.length} failed, for ${outage(failed)} ms`);
    expect(failed.length).toBeGreaterThan(0);
    await proxy.start();
  });

  step(
    "moves the address when its holder is lost, and does not move it back",
    async () => {
      const lost = await holder();
      const running = client();
      await pause(500);
      await lab.lose(lost);
      await pause(9000);
      const { asked, failed } = await running.failures();
      const length = outage(failed);
      say(JSON.stringify(failed));
      say(
        `${lost.name} lost: ${asked} requests, ${failed.length} failed, for ${length} ms`,
      );
      expect(failed.length).toBeGreaterThan(0);
      const heir = (await holders()).find((each) => each !== lost)!;

      const again = client();
      await lab.regain(lost);
      await pause(5000);
      expect(await holders()).toEqual([heir]);
      const { failed: later } = await again.failures();
      expect(later).toEqual([]);
    },
  );
});

describe("Endpoint.localProxy", () => {
  const lab = new EndpointCluster("Endpoint.localProxy()", [
    "kube-apiserver-proxy.service",
  ]);
  const { cluster } = lab;
  afterAll(() => lab.end());

  step(
    "leads each node to an API server, and administrators to the first one",
    async () => {
      await lab.start();
      for (const machine of cluster.machines)
        await machine.run([
          "kubectl",
          "--kubeconfig",
          "/etc/kubernetes/admin.conf",
          "get",
          "--raw",
          "/version",
        ]);
      expect(
        readFileSync(cluster.store("kubeconfigs/admin.conf"), "utf8"),
      ).toContain("server: https://10.0.0.11:6443\n");
      await cluster.kubectl("get", "--raw", "/version");
    },
  );

  step("fails only the request in flight when a node is lost", async () => {
    const [first, second, lost] = cluster.machines;
    const running = [first, second].map(
      (machine) =>
        new Client(
          machine,
          "https://127.0.0.1:8443",
          lab.log(machine, "client"),
        ),
    );
    const silent = first.run(["bash", "-c", SILENT]);
    await pause(1000);
    const lostAt = Date.now();
    await lab.lose(lost);
    const cut = (await silent)
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number))
      .filter(([code]) => code <= 128)
      .map(([, at]) => at - lostAt);
    say(`connections to it were cut after ${cut.join(", ")} ms`);
    expect(cut.length).toBeGreaterThan(0);
    expect(cut.length).toBeLessThan(CONNECTIONS);
    for (const client of running) {
      const { asked, failed } = await client.failures();
      say(
        `${asked} requests, ${failed.length} failed: ${JSON.stringify(failed)}`,
      );
      expect(failed.length).toBeLessThanOrEqual(1);
    }
  });

  step(
    "finds out before a rollout whether a host of the link has the address",
    async () => {
      const [{ pid }] = cluster.machines;
      const host = localHost("cp-1", {
        prefix: ["nsenter", "--target", `${pid}`, "--net"],
      });
      const ask = async (address: string) => {
        const virtualIp = {
          address,
          port: 8443,
          routerId: 1,
          configuration: "",
        };
        return (await readEndpointFacts(host, ENDPOINT_PROGRAMS, virtualIp))
          .answer;
      };
      const link = await cluster.admin.run("ip link show br0".split(" "));
      const hardware = /link\/ether (\S+)/.exec(link)![1];
      expect(await ask(ADMIN)).toEqual({ hardware });
      expect(await ask(VIRTUAL_IP)).toBeUndefined();
    },
  );
});
