import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { askWhile, type Asked } from "../lab/endpoint-probe";
import { bringBinaries, buildOld } from "../lab/binaries";
import { Deployment } from "../lab/deployment";
import type { Host } from "../lab/host";
import { Lab } from "../lab/lab";
import { systemdExample } from "../lab/program";
import { until } from "../say";
import { step } from "../steps";
import { diskOf } from "./disk";
import { remainsOf } from "./remains";

const ETCD = {
  "k8s-etcd1": "172.100.102.71",
  "k8s-etcd2": "172.100.102.72",
  "k8s-etcd3": "172.100.102.73",
};
const MASTERS = {
  "k8s-master1": "172.100.102.70",
  "k8s-master2": "172.100.102.80",
};
const VIRTUAL_IP = "172.100.102.90";
const PORT = 8443;
const DIRECTORY = "/usr/local/k8s";
const UNITS = [
  "kube-apiserver-proxy",
  "kube-apiserver-vip",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-proxy",
  "kube-scheduler",
  "kubelet",
];

/** The components of which only the leader works. */
const LEADERS = ["kube-controller-manager", "kube-scheduler"];

const READY = ["get", "--raw", "/readyz"];

/** The line with the address in the example. */
const ADDRESS = `address: "${VIRTUAL_IP}"`;

/** Deploys examples/systemd unchanged. */
describe("three etcd hosts, two control-plane nodes and a virtual IP, all with units", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        ...Object.entries(ETCD).map(([name, address]) => ({
          name,
          address,
          containerd: false,
        })),
        ...Object.entries(MASTERS).map(([name, address]) => ({
          name,
          address,
        })),
      ],
      pods: false,
    });
    cluster = new Deployment(lab, "mycluster", systemdExample(lab.sshKey));
    bringBinaries(cluster);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  const hosts = (): Host[] =>
    Object.keys({ ...ETCD, ...MASTERS }).map((name) => lab.host(name));

  const masters = (): Host[] =>
    Object.keys(MASTERS).map((name) => lab.host(name));

  step(
    "report a missing network interface and a program for another architecture",
    async () => {
      cluster.edit((main) =>
        main.replace(ADDRESS, `${ADDRESS}, interface: "bond7"`),
      );
      buildOld(join(cluster.directory, "bin/kube-scheduler"), "arm64");
      expect(await problems()).toEqual([
        expect.stringMatching(
          /kube-scheduler is a program for (aarch64|arm64), but the machine is x86_64/,
        ),
        expect.stringMatching(/has no network interface bond7/),
      ]);
      cluster.edit((main) => main.replace(', interface: "bond7"', ""));
      bringBinaries(cluster);
    },
  );

  step(
    "report an address that is already in use and versions that are too far apart",
    async () => {
      const otherHost = await lab.add({
        name: "other-host",
        address: "172.100.102.99",
        containerd: false,
      });
      await lab.give(VIRTUAL_IP, otherHost);
      buildOld(join(cluster.directory, "bin/kube-apiserver"));
      expect(await problems()).toEqual([
        expect.stringMatching(
          /kube-apiserver has the version v1\.31\.0, but the cluster's kubernetesVersion is v1\./,
        ),
        expect.stringMatching(
          /answers at the virtual IP 172\.100\.102\.90 already/,
        ),
      ]);
      bringBinaries(cluster);
      await otherHost.kill();
    },
  );

  step("come up from nothing, all of them healthy", async () => {
    await cluster.deploy();
    const { clusters } = load(
      readFileSync(cluster.store("kubeconfigs/admin.conf"), "utf8"),
    ) as { clusters: { cluster: { server: string } }[] };
    expect(clusters[0].cluster.server).toBe(`https://${VIRTUAL_IP}:${PORT}`);
    await cluster.kubectl(
      "wait",
      "nodes",
      ...Object.keys(MASTERS),
      "--for=condition=Ready",
      "--timeout=60s",
    );
    expect(await membersHealth()).toEqual([true, true, true]);
    const service = ["get", "service", "kubernetes", "--output"];
    expect(
      await cluster.kubectl(...service, "jsonpath={.spec.clusterIP}"),
    ).toBe("10.0.0.1");
    for (const server of Object.values(MASTERS))
      expect(
        await cluster.kubectlWith(
          { server: `https://${server}:6443` },
          ...READY,
        ),
      ).toBe("ok");
  });

  step("accept the documented users, by group and by binding", async () => {
    for (const name of ["kubectl", "emergency"])
      expect(
        await cluster.kubectl(
          "--kubeconfig",
          cluster.store(`kubeconfigs/${name}.conf`),
          "auth",
          "can-i",
          "*",
          "*",
          "--all-namespaces",
        ),
      ).toBe("yes\n");
  });

  step("have units without any finding of systemd-analyze", async () => {
    const [one] = hosts();
    const broken = "/run/broken.service";
    // A unit with an unknown key: systemd-analyze only prints a warning, and ends with 0.
    await one.exec(
      `printf '[Service]\nExecStart=/bin/true\nRestrat=no\n' > ${broken}`,
    );
    expect(await verified(one, [broken])).toContain("Restrat");
    for (const host of hosts()) {
      const units = host.name in ETCD ? ["etcd"] : UNITS;
      const files = units.map((unit) => `/etc/systemd/system/${unit}.service`);
      expect(await verified(host, files)).toBe("");
      expect(await host.exec(["systemctl", "is-active", ...units])).toBe(
        "active\n".repeat(units.length),
      );
      expect(await host.exec(["systemctl", "is-enabled", ...units])).toBe(
        "enabled\n".repeat(units.length),
      );
    }
  });

  step("have no key that other users can read", async () => {
    for (const host of hosts()) {
      const secrets = await host.exec(SECRETS);
      const modes = secrets.trim().split("\n");
      expect(modes.length).toBeGreaterThan(2);
      // The user of a unit may read its keys through the group.
      for (const line of modes) expect(line).toMatch(/^(600|640) /);
    }
  });

  step("are not changed by a second deploy", async () => {
    const before = await started();
    const { output } = await cluster.deploy();
    expect(output).toContain("no changes");
    expect(await started()).toEqual(before);
  });

  step(
    "get a flag of the API servers one after another, while the virtual IP always answers",
    async () => {
      cluster.edit((main) =>
        main.replace('v: "4"', 'v: "4", "max-requests-inflight": "321"'),
      );
      const before = await started();
      const { failed } = await ask(async () => {
        const { output } = await cluster.deploy();
        expect(output).toMatch(
          /k8s-master1: kube-apiserver healthy[^]*k8s-master2: kube-apiserver healthy/,
        );
      });
      expect(failed).toEqual([]);
      const after = await started();
      for (const host of hosts()) {
        const units = changed(before[host.name], after[host.name]);
        // A leader ends, and is restarted, when its own API server is away for long.
        expect(units.filter((unit) => !LEADERS.includes(unit))).toEqual(
          host.name in MASTERS ? ["kube-apiserver"] : [],
        );
      }
      for (const host of masters())
        expect(
          await host.exec(
            "tr '\\0' ' ' < /proc/$(pidof kube-apiserver)/cmdline",
          ),
        ).toContain("--max-requests-inflight=321");
    },
  );

  step(
    "are repaired after one unit died and another one was edited",
    async () => {
      const [first, second] = masters();
      await first.exec("systemctl stop kube-scheduler");
      const edited = "/etc/systemd/system/kube-controller-manager.service";
      await second.exec(`sed -i 's/^Restart=.*/Restart=no/' ${edited}`);
      const { output } = await cluster.run("check");
      expect(output).toContain("k8s-master1  kube-scheduler is not healthy");
      expect(output).toContain(
        `k8s-master2  ${edited} is not as it was delivered`,
      );
      await cluster.deploy();
      expect(await first.exec("systemctl is-active kube-scheduler")).toBe(
        "active\n",
      );
      expect(await second.exec(`grep -c ^Restart=no ${edited} || true`)).toBe(
        "0\n",
      );
      expect((await cluster.deploy()).output).toContain("no changes");
    },
  );

  step("run the new binary after its file was replaced", async () => {
    const file = join(cluster.directory, "bin/kube-scheduler");
    appendFileSync(file, "\n");
    const sha256 = createHash("sha256")
      .update(readFileSync(file))
      .digest("hex");
    const before = await started();
    await cluster.deploy();
    const after = await started();
    for (const host of masters()) {
      expect(changed(before[host.name], after[host.name])).toEqual([
        "kube-scheduler",
      ]);
      expect(
        await host.exec("sha256sum /proc/$(pidof kube-scheduler)/exe"),
      ).toContain(sha256);
    }
  });

  step(
    "fail only for a short time when the node with the address loses its power",
    async () => {
      const lost = await holder();
      const asked = await ask(() => lost.kill());
      expect(asked.failed.length).toBeGreaterThan(0);
      expect((await holder()).name).not.toBe(lost.name);

      const { failed } = await ask(async () => {
        await lost.start();
        await until("the master well", 120, async () => {
          await lost.exec(["systemctl", "is-active", ...UNITS]);
          const server = `https://${lost.address}:6443`;
          return (await cluster.kubectlWith({ server }, ...READY)) === "ok";
        });
      });
      expect(failed).toEqual([]);
      // The address does not move back, because that would be another outage.
      expect((await holder()).name).not.toBe(lost.name);
      expect((await cluster.deploy()).output).toContain("no changes");
    },
  );

  step("leave nothing but etcd's data when they are destroyed", async () => {
    const { failed } = await cluster.run("destroy");
    expect(failed).toBe(false);
    for (const host of hosts()) {
      const data = host.name in ETCD ? "/var/lib/etcd/member\n" : "";
      expect(await remainsOf(host)).toBe(data);
      expect(
        await host.exec(
          `ls -d ${DIRECTORY}/bin ${DIRECTORY}/ssl /etc/systemd/system/etcd* /etc/systemd/system/kube* /var/lib/kube-proxy 2>/dev/null || true`,
        ),
      ).toBe("");
      expect(await host.exec("ip -oneline address show eth0")).not.toContain(
        VIRTUAL_IP,
      );
    }
  });

  /** The findings of a deploy, which must have changed no host. */
  async function problems(): Promise<string[]> {
    const before = await Promise.all(hosts().map(disk));
    const { output, failed } = await cluster.run("deploy");
    expect(failed).toBe(true);
    expect(output).toContain("so it has not begun: no node was changed.");
    expect(await Promise.all(hosts().map(disk))).toEqual(before);
    return output.split("\n").filter((line) => line.startsWith("- "));
  }

  /** Delivered programs are checked before they are moved to their destinations. */
  const disk = async (host: Host): Promise<string> =>
    (await diskOf(host)).replace(
      /^\/var\/lib\/cdktf-control-plane\/.*\n/gm,
      "",
    );

  /** The node that holds the address now. */
  async function holder(): Promise<Host> {
    const holders: Host[] = [];
    for (const host of masters().filter(({ up }) => up))
      if ((await host.exec(`ip -oneline address show to ${VIRTUAL_IP}`)) !== "")
        holders.push(host);
    expect(holders).toHaveLength(1);
    return holders[0];
  }

  /** The machine that deploys. */
  const ask = (action: () => Promise<unknown>): Promise<Asked> =>
    askWhile(
      {
        start: (command, log) => lab.admin.start(command, log),
        kubeconfig: cluster.store("kubeconfigs/admin.conf"),
        host: VIRTUAL_IP,
        port: PORT,
        log: join(cluster.directory, "asked.log"),
      },
      action,
    );

  /** systemd's ids of the running units, by host. A unit has a new id after each start. */
  async function started(): Promise<Record<string, Record<string, string>>> {
    const all = await Promise.all(
      hosts().map(async (host) => {
        const lines = await host.exec(
          `for unit in etcd ${UNITS.join(" ")}; do echo "$unit $(systemctl show --property=InvocationID --value $unit)"; done`,
        );
        const ids = lines
          .trim()
          .split("\n")
          .map((line) => line.split(" "));
        return [host.name, Object.fromEntries(ids)] as const;
      }),
    );
    return Object.fromEntries(all);
  }

  const changed = (
    before: Record<string, string>,
    after: Record<string, string>,
  ): string[] => Object.keys(after).filter((id) => before[id] !== after[id]);

  /** The health of each member, according to its own health check. */
  async function membersHealth(): Promise<boolean[]> {
    const pki = cluster.store(`nodes/k8s-etcd1/root${DIRECTORY}/ssl/etcd`);
    const answer = await lab.admin.run([
      "etcdctl",
      "--endpoints",
      Object.values(ETCD)
        .map((address) => `https://${address}:2379`)
        .join(),
      "--cacert",
      `${pki}/ca.crt`,
      "--cert",
      `${pki}/healthcheck-client.crt`,
      "--key",
      `${pki}/healthcheck-client.key`,
      "endpoint",
      "health",
      "--write-out",
      "json",
    ]);
    return (JSON.parse(answer) as { health: boolean }[]).map(
      ({ health }) => health,
    );
  }
});

/** The findings of systemd-analyze about units. It prints them only to standard error, and always ends with 0. */
const verified = (host: Host, units: readonly string[]): Promise<string> =>
  host.exec(`systemd-analyze verify ${units.join(" ")} 2>&1`);

/** All files of a host that contain a secret, with their modes. */
const SECRETS = `
grep --recursive --files-with-matches --extended-regexp --no-messages 'PRIVATE KEY|client-key-data|auth_pass' \\
  ${DIRECTORY}/ssl /etc/kubernetes /var/lib/kubelet /var/lib/kube-proxy | xargs stat -c '%a %n'
`;
