import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { bringBinaries, buildOld } from "../lab/binaries";
import { until } from "../say";
import { step } from "../steps";
import { remainsOf } from "./remains";
import {
  ADDRESS,
  changed,
  DIRECTORY,
  ETCD,
  LEADERS,
  MASTERS,
  PORT,
  READY,
  SECRETS,
  SystemdExample,
  UNITS,
  verified,
  VIRTUAL_IP,
} from "./systemd/example";

/** Deploys examples/systemd unchanged. */
describe("three etcd hosts, two control-plane nodes and a virtual IP, all with units", () => {
  const example = new SystemdExample();
  beforeAll(() => example.start());
  afterAll(() => example.end());

  step(
    "report a missing network interface and a program for another architecture",
    async () => {
      example.cluster.edit((main) =>
        main.replace(ADDRESS, `${ADDRESS}, interface: "bond7"`),
      );
      buildOld(join(example.cluster.directory, "bin/kube-scheduler"), "arm64");
      expect(await example.problems()).toEqual([
        expect.stringMatching(
          /kube-scheduler is a program for (aarch64|arm64), but the machine is x86_64/,
        ),
        expect.stringMatching(/has no network interface bond7/),
      ]);
      example.cluster.edit((main) => main.replace(', interface: "bond7"', ""));
      bringBinaries(example.cluster);
    },
  );

  step(
    "report an address that is already in use and versions that are too far apart",
    async () => {
      const otherHost = await example.lab.add({
        name: "other-host",
        address: "172.100.102.99",
        containerd: false,
      });
      await example.lab.give(VIRTUAL_IP, otherHost);
      buildOld(join(example.cluster.directory, "bin/kube-apiserver"));
      expect(await example.problems()).toEqual([
        expect.stringMatching(
          /kube-apiserver has the version v1\.31\.0, but the cluster's kubernetesVersion is v1\./,
        ),
        expect.stringMatching(
          /answers at the virtual IP 172\.100\.102\.90 already/,
        ),
      ]);
      bringBinaries(example.cluster);
      await otherHost.kill();
    },
  );

  step("come up from nothing, all of them healthy", async () => {
    await example.cluster.deploy();
    const { clusters } = load(
      readFileSync(example.cluster.store("kubeconfigs/admin.conf"), "utf8"),
    ) as { clusters: { cluster: { server: string } }[] };
    expect(clusters[0].cluster.server).toBe(`https://${VIRTUAL_IP}:${PORT}`);
    await example.cluster.kubectl(
      "wait",
      "nodes",
      ...Object.keys(MASTERS),
      "--for=condition=Ready",
      "--timeout=60s",
    );
    expect(await example.membersHealth()).toEqual([true, true, true]);
    const service = ["get", "service", "kubernetes", "--output"];
    expect(
      await example.cluster.kubectl(...service, "jsonpath={.spec.clusterIP}"),
    ).toBe("10.0.0.1");
    for (const server of Object.values(MASTERS))
      expect(
        await example.cluster.kubectlWith(
          { server: `https://${server}:6443` },
          ...READY,
        ),
      ).toBe("ok");
  });

  step("accept the documented users, by group and by binding", async () => {
    for (const name of ["kubectl", "emergency"])
      expect(
        await example.cluster.kubectl(
          "--kubeconfig",
          example.cluster.store(`kubeconfigs/${name}.conf`),
          "auth",
          "can-i",
          "*",
          "*",
          "--all-namespaces",
        ),
      ).toBe("yes\n");
  });

  step("have units without any finding of systemd-analyze", async () => {
    const [one] = example.hosts();
    const broken = "/run/broken.service";
    // A unit with an unknown key: systemd-analyze only prints a warning, and ends with 0.
    await one.exec(
      `printf '[Service]\nExecStart=/bin/true\nRestrat=no\n' > ${broken}`,
    );
    expect(await verified(one, [broken])).toContain("Restrat");
    for (const host of example.hosts()) {
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
    for (const host of example.hosts()) {
      const secrets = await host.exec(SECRETS);
      const modes = secrets.trim().split("\n");
      expect(modes.length).toBeGreaterThan(2);
      // The user of a unit may read its keys through the group.
      for (const line of modes) expect(line).toMatch(/^(600|640) /);
    }
  });

  step("are not changed by a second deploy", async () => {
    const before = await example.started();
    const { output } = await example.cluster.deploy();
    expect(output).toContain("no changes");
    expect(await example.started()).toEqual(before);
  });

  step(
    "get a flag of the API servers one after another, while the virtual IP always answers",
    async () => {
      example.cluster.edit((main) =>
        main.replace('v: "4"', 'v: "4", "max-requests-inflight": "321"'),
      );
      const before = await example.started();
      const { failed } = await example.ask(async () => {
        const { output } = await example.cluster.deploy();
        expect(output).toMatch(
          /k8s-master1: kube-apiserver healthy[^]*k8s-master2: kube-apiserver healthy/,
        );
      });
      expect(failed).toEqual([]);
      const after = await example.started();
      for (const host of example.hosts()) {
        const units = changed(before[host.name], after[host.name]);
        // A leader ends, and is restarted, when its own API server is away for long.
        expect(units.filter((unit) => !LEADERS.includes(unit))).toEqual(
          host.name in MASTERS ? ["kube-apiserver"] : [],
        );
      }
      for (const host of example.masters())
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
      const [first, second] = example.masters();
      await first.exec("systemctl stop kube-scheduler");
      const edited = "/etc/systemd/system/kube-controller-manager.service";
      await second.exec(`sed -i 's/^Restart=.*/Restart=no/' ${edited}`);
      const { output } = await example.cluster.run("check");
      expect(output).toContain("k8s-master1  kube-scheduler is not healthy");
      expect(output).toContain(
        `k8s-master2  ${edited} is not as it was delivered`,
      );
      await example.cluster.deploy();
      expect(await first.exec("systemctl is-active kube-scheduler")).toBe(
        "active\n",
      );
      expect(await second.exec(`grep -c ^Restart=no ${edited} || true`)).toBe(
        "0\n",
      );
      expect((await example.cluster.deploy()).output).toContain("no changes");
    },
  );

  step("run the new binary after its file was replaced", async () => {
    const file = join(example.cluster.directory, "bin/kube-scheduler");
    appendFileSync(file, "\n");
    const sha256 = createHash("sha256")
      .update(readFileSync(file))
      .digest("hex");
    const before = await example.started();
    await example.cluster.deploy();
    const after = await example.started();
    for (const host of example.masters()) {
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
      const lost = await example.holder();
      const asked = await example.ask(() => lost.kill());
      expect(asked.failed.length).toBeGreaterThan(0);
      expect((await example.holder()).name).not.toBe(lost.name);

      const { failed } = await example.ask(async () => {
        await lost.start();
        await until("the master well", 120, async () => {
          await lost.exec(["systemctl", "is-active", ...UNITS]);
          const server = `https://${lost.address}:6443`;
          return (
            (await example.cluster.kubectlWith({ server }, ...READY)) === "ok"
          );
        });
      });
      expect(failed).toEqual([]);
      // The address does not move back, because that would be another outage.
      expect((await example.holder()).name).not.toBe(lost.name);
      expect((await example.cluster.deploy()).output).toContain("no changes");
    },
  );

  step("leave nothing but etcd's data when they are destroyed", async () => {
    const { failed } = await example.cluster.run("destroy");
    expect(failed).toBe(false);
    for (const host of example.hosts()) {
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
});
