import { appendFileSync, copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bringBinaries } from "../lab/binaries";
import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { step } from "../steps";
import { remainsOf } from "./remains";
import { KUBERNETES } from "../binaries";

const CP = "10.77.0.11";
const WORKER = "10.77.0.21";
const BINARIES = "/opt/kubernetes/bin";
const UNITS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
];

const PROXY = `new ApiProxy(stack, "monitor", {
  controlPlane,
  node: "cp-1",
  kubeconfig: controlPlane.addUser("monitor", { clusterRoles: ["view"] }),
  rejectPaths: ["^/api/v1/pods"],
});
`;

describe("a cluster of units", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        { name: "cp-1", address: CP },
        { name: "worker-1", address: WORKER },
      ],
      pods: false,
    });
    const main = program({
      clusterName: "prod",
      endpoint: `${CP}:6443`,
      sshKey: lab.sshKey,
      nodes: { "cp-1": CP },
      workers: { "worker-1": WORKER },
    });
    cluster = new Deployment(
      lab,
      "prod",
      main
        .replace("ControlPlane,", "ApiProxy, ControlPlane,")
        .replace("PodNetwork }", "PodNetwork, Runtime }")
        .replace("app.synth();", `${PROXY}app.synth();`)
        .replace(
          /(?=^ {2}podNetwork:)/m,
          `  runtime: Runtime.systemd({ binaryDirectory: "${BINARIES}", binaries: "bin", logDirectory: "/opt/kubernetes/logs" }),\n`,
        ),
    );
    bringBinaries(cluster);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  /** systemd's ids of the running units. A unit has a new id after each start. */
  const started = async (name: string): Promise<Record<string, string>> => {
    const lines = await lab
      .host(name)
      .exec(
        `for unit in ${UNITS.join(" ")}; do echo "$unit $(systemctl show --property=InvocationID --value $unit)"; done`,
      );
    return Object.fromEntries(
      lines
        .trim()
        .split("\n")
        .map((line) => line.split(" ")),
    );
  };

  /** The units that were started between two measurements. */
  const between = (
    before: Record<string, string>,
    after: Record<string, string>,
  ): string[] => UNITS.filter((unit) => before[unit] !== after[unit]);

  step("starts with delivered binaries", async () => {
    await cluster.deploy();
    await cluster.kubectl(
      "wait",
      "nodes",
      "cp-1",
      "worker-1",
      "--for=condition=Ready",
      "--timeout=60s",
    );
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step(
    "has a proxy on a node that accepts only the configured requests",
    async () => {
      const ask = (path: string): Promise<string> =>
        lab
          .host("cp-1")
          .exec(
            `curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8001${path}`,
          );
      expect(await ask("/api/v1/namespaces/default/configmaps")).toBe("200");
      // Rejected by the proxy's filters, and by the permissions of its user.
      expect(await ask("/api/v1/pods")).toBe("403");
      expect(await ask("/api/v1/nodes")).toBe("403");
      await lab
        .host("cp-1")
        .exec(
          "systemctl kill --signal=KILL kubectl-proxy-monitor; systemctl stop kubectl-proxy-monitor",
        );
      expect((await cluster.run("check")).output).toContain(
        "kubectl-proxy-monitor",
      );
      await cluster.deploy();
      expect(await ask("/api/v1/namespaces/default/configmaps")).toBe("200");
    },
  );

  step("reports a unit that is dead and one that was edited", async () => {
    const before = await started("cp-1");
    await lab
      .host("cp-1")
      .exec(
        "systemctl stop kube-scheduler; echo '# mine' >>/etc/systemd/system/kube-controller-manager.service",
      );
    const { output } = await cluster.run("check");
    expect(output).toContain("kube-scheduler is not healthy");
    expect(output).toContain(
      "/etc/systemd/system/kube-controller-manager.service is not as it was delivered",
    );
    await cluster.deploy();
    expect(between(before, await started("cp-1"))).toEqual([
      "kube-controller-manager",
      "kube-scheduler",
    ]);
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("restarts a unit whose binary was replaced", async () => {
    const [cp, worker] = [await started("cp-1"), await started("worker-1")];
    const program = join(cluster.directory, "bin", "kube-proxy");
    appendFileSync(program, "\n");
    await cluster.deploy();
    expect(between(cp, await started("cp-1"))).toEqual(["kube-proxy"]);
    expect(between(worker, await started("worker-1"))).toEqual(["kube-proxy"]);
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("names a unit that crashes, with the end of its log", async () => {
    const line = `  scheduler: { extraArgs: { "config": "/nowhere" } },\n`;
    cluster.edit((main) => main.replace(/(?=^ {2}podNetwork:)/m, line));
    const before = await started("cp-1");
    const { output, failed } = await cluster.run("deploy");
    expect(failed).toBe(true);
    expect(output).toContain("cp-1: kube-scheduler ends again and again");
    expect(output).toContain("open /nowhere: no such file or directory");
    cluster.edit((main) => main.replace(line, ""));
    await cluster.deploy();
    expect(between(before, await started("cp-1"))).toEqual(["kube-scheduler"]);
  });

  step("starts units that a killed rollout has not started", async () => {
    const host = lab.host("cp-1");
    await host.exec("rm /var/lib/cdktf-control-plane/kube-scheduler");
    const before = await started("cp-1");
    const { output } = await cluster.run("check");
    expect(output).toContain(
      "kube-scheduler was started with other files than are there now",
    );
    await cluster.deploy();
    expect(between(before, await started("cp-1"))).toEqual(["kube-scheduler"]);
  });

  step(
    "refuses programs of another release before it changes anything",
    async () => {
      const before = await started("cp-1");
      const script = "#!/bin/sh\necho Kubernetes v1.31.0\n";
      const directory = join(cluster.directory, "bin");
      const kept = join(cluster.directory, "kube-scheduler");
      copyFileSync(join(directory, "kube-scheduler"), kept);
      writeFileSync(join(directory, "kube-scheduler"), script);
      const { output, failed } = await cluster.run("deploy");
      expect(failed).toBe(true);
      expect(output).toContain(
        `v1.${KUBERNETES.minor - 1} to v1.${KUBERNETES.minor}`,
      );
      expect(between(before, await started("cp-1"))).toEqual([]);
      copyFileSync(kept, join(directory, "kube-scheduler"));
      await cluster.deploy();
      expect(between(before, await started("cp-1"))).toEqual([]);
    },
  );

  step("leaves nothing but etcd's data when it is destroyed", async () => {
    const { output, failed } = await cluster.run("destroy");
    expect(failed).toBe(false);
    expect(output).toContain("hosts cleaned: their units ended");
    for (const name of ["cp-1", "worker-1"]) {
      const host = lab.host(name);
      expect(await remainsOf(host)).toBe(
        name === "cp-1" ? "/var/lib/etcd/member\n" : "",
      );
      expect(
        await host.exec(`ls -d ${BINARIES} /etc/systemd/system/*kube* || true`),
      ).toBe("");
    }
    rmSync(cluster.store(""), { recursive: true, force: true });
  });
});
