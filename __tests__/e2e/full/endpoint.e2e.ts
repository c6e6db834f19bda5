import { join } from "node:path";
import { load } from "js-yaml";
import { askWhile, type Asked, type Request } from "../lab/endpoint-probe";
import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { say, until } from "../say";
import { step } from "../steps";
import { remainsOf } from "./remains";
import { NODES } from "./three-nodes";

const WORKER = "10.77.0.21";
const PORT = 8443;

/** Endpoint.localProxy() with static pods: no address has to move. */
describe("three nodes and a worker, each with a proxy to all API servers", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    const hosts = { ...NODES, "worker-1": WORKER };
    lab = await Lab.start({
      hosts: Object.entries(hosts).map(([name, address]) => ({
        name,
        address,
      })),
      pods: false,
    });
    const main = program({
      clusterName: "prod",
      endpoint: "",
      sshKey: lab.sshKey,
      nodes: NODES,
      workers: { "worker-1": WORKER },
    });
    cluster = new Deployment(
      lab,
      "prod",
      main
        .replace("ControlPlane,", "ControlPlane, Endpoint,")
        .replace('endpoint: ""', "endpoint: Endpoint.localProxy()"),
    );
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("come up from nothing, all of them Ready", async () => {
    await cluster.deploy();
    const nodes = await cluster.kubectlWith(
      { server: SERVER },
      "get",
      "nodes",
      "--output",
      "name",
    );
    expect(nodes.trim().split("\n")).toHaveLength(4);
    await cluster.kubectlWith(
      { server: SERVER },
      "wait",
      "nodes",
      "--all",
      "--for=condition=Ready",
      "--timeout=90s",
    );
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("have kubelets that use the proxy of their own node", async () => {
    const { clusters } = load(
      await lab.host("worker-1").exec("cat /etc/kubernetes/kubelet.conf"),
    ) as { clusters: { cluster: { server: string } }[] };
    expect(clusters[0].cluster.server).toBe(`https://127.0.0.1:${PORT}`);
  });

  step(
    "fail only requests in flight when an API server's host loses its power",
    async () => {
      let [begun, over] = [0, 0];
      const { requests, failed } = await ask(async () => {
        begun = Date.now();
        over = await lab.host("cp-2").kill();
        // Until the proxy has noticed, it sends every third request to the lost server first.
        await until("asked for long enough", 30, () =>
          Promise.resolve(Date.now() - over > 10_000),
        );
      });
      const wasInFlight = ({ at, milliseconds }: Request): boolean =>
        at <= over && at + milliseconds >= begun;
      expect(failed.filter((each) => !wasInFlight(each))).toEqual([]);
      const after = requests.filter(({ at }) => at > over);
      expect(after.length).toBeGreaterThan(100);
      say(
        `the slowest after it took ${Math.max(...after.map((each) => each.milliseconds))} ms`,
      );
    },
  );

  step(
    "keep the worker Ready, and fail no request when the host is back",
    async () => {
      const { failed } = await ask(async () => {
        await lab.host("cp-2").start();
        await until("cp-2 well", 150, async () => {
          const server = `https://${NODES["cp-2"]}:6443`;
          const get = ["get", "--raw", "/readyz"];
          return (await cluster.kubectlWith({ server }, ...get)) === "ok";
        });
      });
      expect(failed).toEqual([]);
      const ready = await cluster.kubectlWith(
        { server: SERVER },
        "get",
        "node",
        "worker-1",
        "--output",
        'jsonpath={.status.conditions[?(@.type=="Ready")].status}',
      );
      expect(ready).toBe("True");
    },
  );

  step(
    "fail no request while a flag of the API servers is rolled out",
    async () => {
      cluster.edit((main) =>
        main.replace(
          "  kubelet: {",
          '  apiServer: { extraArgs: { "max-requests-inflight": "321" } },\n  kubelet: {',
        ),
      );
      const { failed } = await ask(() => cluster.deploy());
      expect(failed).toEqual([]);
    },
  );

  step("leave nothing when they are destroyed", async () => {
    expect((await cluster.run("destroy")).failed).toBe(false);
    for (const host of lab.hosts) {
      expect(await remainsOf(host)).toBe(
        host.name in NODES ? "/var/lib/etcd/member\n" : "",
      );
      expect(
        await host.exec(
          "pgrep haproxy || true; ls /etc/systemd/system | grep kube || true",
        ),
      ).toBe("");
    }
  });

  /** Sends requests from the worker, through its own proxy. */
  const ask = (action: () => Promise<unknown>): Promise<Asked> =>
    askWhile(
      {
        start: (command, log) => lab.host("worker-1").startBeside(command, log),
        kubeconfig: cluster.store("kubeconfigs/admin.conf"),
        host: "127.0.0.1",
        port: PORT,
        log: join(cluster.directory, "asked.log"),
      },
      action,
    );
});

/** Administrators use an API server of their choice. */
const SERVER = `https://${NODES["cp-1"]}:6443`;
