import type { Deployment } from "../lab/deployment";
import type { Lab } from "../lab/lab";
import { probeWhile } from "../lab/probe";
import { until } from "../say";
import { step } from "../steps";
import { ENDPOINT, NODES, startThreeHosts, threeNodes } from "./three-nodes";

type Name = keyof typeof NODES;
const MANIFESTS = "/etc/kubernetes/manifests";
const CERTIFICATE = "/etc/kubernetes/pki/front-proxy-client.crt";

describe("a cluster whose parts fail", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await startThreeHosts();
    // The first node of a roll is another one.
    await lab.give(ENDPOINT, lab.host("cp-3"));
    cluster = threeNodes(lab);
    await cluster.deploy();
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("keeps serving without a node that has lost its power", async () => {
    const servers = [NODES["cp-1"], NODES["cp-3"]];
    const probed = await probeWhile({ lab, cluster, servers }, async () => {
      await lab.host("cp-2").kill();
      await until("the cluster knows that cp-2 is gone", 120, async () =>
        / NotReady /.test(await cluster.kubectl("get", "nodes", "cp-2")),
      );
    });
    expect(probed).toMatchObject({ fewestReady: 2, failedWrites: 0, lost: [] });
  });

  step(
    "delivers a change to the other nodes, and names the node that waits for it",
    async () => {
      setFlag("max-requests-inflight", "321");
      const { output, failed } = await cluster.run("deploy");
      expect(failed).toBe(true);
      expect(output).toContain(
        "cp-2: not reached, so its changes are not delivered yet. Everything else is done.",
      );
      expect(await flagged("cp-1", "cp-3")).toEqual(["321", "321"]);
    },
  );

  step("has the node back without help when it is started", async () => {
    await lab.host("cp-2").start();
    await until("cp-2 serves", 120, () => serves("cp-2"));
  });

  step(
    "then delivers the change to it, and changes no other node",
    async () => {
      const before = await processes();
      await cluster.deploy();
      expect(await flagged("cp-2")).toEqual(["321"]);
      expect(replaced(before, await processes())).toEqual([
        "cp-2 kube-apiserver",
      ]);
      expect((await cluster.deploy()).output).toContain("no changes");
    },
  );

  step("repairs files that were edited, and nothing else", async () => {
    const manifest = `${MANIFESTS}/kube-scheduler.yaml`;
    await until("all is well", 120, async () => (await check()).length === 0);
    await lab.host("cp-1").exec(`echo '# by hand' >> ${manifest}`);
    await lab.host("cp-3").exec(`echo >> ${CERTIFICATE}`);
    expect(await check()).toEqual([
      `cp-1  ${manifest} is not as it was delivered`,
      `cp-3  ${CERTIFICATE} is not as it was delivered`,
    ]);
    const before = await processes();
    const { output } = await cluster.deploy();
    expect(output).toContain("2 nodes to repair: cp-1, cp-3");
    // The leading controller manager and scheduler end when their API server is away.
    const leaders = /^cp-3 kube-(controller-manager|scheduler)$/;
    const others = replaced(before, await processes()).filter(
      (each) => !leaders.test(each),
    );
    expect(others).toEqual(["cp-1 kube-scheduler", "cp-3 kube-apiserver"]);
    expect((await cluster.deploy()).output).toContain("no changes");
    expect(await check()).toEqual([]);
  });

  step("starts a kubelet that was stopped, and nothing else", async () => {
    await lab.host("cp-2").exec("systemctl stop kubelet");
    expect(await check()).toEqual(["cp-2  kubelet is not healthy"]);
    const before = await processes();
    await cluster.deploy();
    const after = await processes();
    expect(replaced(before, after)).toEqual([]);
    expect(added(before, after)).toEqual(["cp-2 kubelet"]);
    expect(await check()).toEqual([]);
  });

  step("has a killed component back without help", async () => {
    const before = await processes();
    await lab.host("cp-1").exec("pkill -KILL -x kube-scheduler");
    await until("the scheduler is back", 60, async () =>
      replaced(before, await processes()).includes("cp-1 kube-scheduler"),
    );
    await until("all is well", 60, async () => (await check()).length === 0);
  });

  step("stops a roll at the first node that fails, and says why", async () => {
    // Synthesis knows the type of the flag, not what values of it the API server takes.
    setFlag("max-requests-inflight", "-1");
    const before = await processes();
    const servers = [NODES["cp-2"], NODES["cp-3"]];
    let output = "";
    const probed = await probeWhile({ lab, cluster, servers }, async () => {
      ({ output } = await cluster.run("deploy"));
    });
    expect(output).toMatch(
      /cp-1: kube-apiserver ends again and again[^]*--max-requests-inflight can not be negative value/,
    );
    expect(output).toContain(
      "cp-2, cp-3: not touched, because the rollout ends when a node fails.",
    );
    const after = await processes();
    for (const node of ["cp-2", "cp-3"] as const)
      expect(after[node]).toEqual(before[node]);
    expect(probed).toMatchObject({ fewestReady: 2, failedWrites: 0, lost: [] });
  });

  step("recovers when the change is undone", async () => {
    setFlag("max-requests-inflight", "321");
    const before = await processes();
    await cluster.deploy();
    const after = await processes();
    expect(await flagged("cp-1")).toEqual(["321"]);
    for (const node of ["cp-2", "cp-3"] as const)
      expect(after[node]).toEqual(before[node]);
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  function setFlag(name: string, value: string): void {
    const line = `  apiServer: { extraArgs: { "${name}": "${value}" } },\n`;
    cluster.edit((main) =>
      main.replace(/( {2}apiServer: .*\n)?( {2}nodes: \[\n)/, `${line}$2`),
    );
  }

  /** The flag with which the API servers of these nodes were started. */
  function flagged(...names: readonly Name[]): Promise<string[]> {
    return Promise.all(
      names.map((name) =>
        lab
          .host(name)
          .exec(
            "sed -z -n 's/^--max-requests-inflight=//p' /proc/$(pidof kube-apiserver)/cmdline | tr -d '\\0'",
          ),
      ),
    );
  }

  async function serves(name: Name): Promise<boolean> {
    const server = `https://${NODES[name]}:6443`;
    const answer = await cluster.kubectlWith(
      { server },
      "get",
      "--raw",
      "/readyz",
    );
    return answer === "ok";
  }

  /** The findings of a check, as `<node>  <finding>`. Fails if it has not examined every host. */
  async function check(): Promise<string[]> {
    const { output } = await cluster.run("check");
    const lines = output
      .split("\n")
      .flatMap((line) => [...line.matchAll(/^([x! ]) ((cp-\d) .*)$/g)]);
    const nodes = new Set(lines.map(([, , , node]) => node));
    if (lab.hosts.some(({ name }) => !nodes.has(name))) throw new Error(output);
    return lines.flatMap(([, mark, finding]) => (mark === " " ? [] : finding));
  }

  /** The processes of each component, by node. */
  async function processes(): Promise<Record<string, Record<string, string>>> {
    const all = await Promise.all(
      lab.hosts.map(async ({ name }) => {
        const lines = await lab.host(name).exec(RUNNING);
        const found = lines.trim().split("\n");
        return [
          name,
          Object.fromEntries(found.map((line) => line.split(/ (.*)/))),
        ];
      }),
    );
    return Object.fromEntries(all) as Record<string, Record<string, string>>;
  }
});

type Processes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The components, as `<node> <component>`, that have a new process. */
const replaced = (before: Processes, after: Processes): string[] =>
  componentsOf(after).filter((each) => {
    const [node, component] = each.split(" ");
    const one = before[node][component];
    return one !== undefined && one !== after[node][component];
  });

const added = (before: Processes, after: Processes): string[] =>
  componentsOf(after).filter((each) => !componentsOf(before).includes(each));

const componentsOf = (all: Processes): string[] =>
  Object.entries(all).flatMap(([node, components]) =>
    Object.keys(components).map((component) => `${node} ${component}`),
  );

/** Prints a line `<component> <process id and start time>` for each component. */
const RUNNING = `
for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet; do
  for process in $(pidof $name || true); do
    echo "$name $process $(cut -d ' ' -f 22 /proc/$process/stat)"
  done
done
`;
