import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ETCD_BACKUP_UNITS } from "../../../lib/catalog/etcd-backup";
import { binariesOf, KUBERNETES } from "../binaries";
import { bringBinaries } from "../lab/binaries";
import { Deployment } from "../lab/deployment";
import { programIn } from "../lab/images";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { step } from "../steps";

const CP = "10.77.0.11";
const ETCD = {
  "etcd-1": "10.77.0.31",
  "etcd-2": "10.77.0.32",
  "etcd-3": "10.77.0.33",
} as const;
const MEMBERS = Object.keys(ETCD);
const DIRECTORY = "/var/backups/etcd";
const { service, timer } = ETCD_BACKUP_UNITS;

describe("etcd whose hosts save it regularly", () => {
  let lab: Lab;
  let cluster: Deployment;
  /** The paths of the snapshots on all hosts, each behind the name of its host. */
  let first: string[];

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        { name: "cp-1", address: CP },
        ...Object.entries(ETCD).map(([name, address]) => ({
          name,
          address,
          containerd: false,
        })),
      ],
      pods: false,
    });
    const members = Object.entries(ETCD).map(
      ([name, address]) =>
        `    { name: "${name}", address: "${address}", access: NodeAccess.ssh({ host: "${address}", user: "admin", identityFile: "${lab.sshKey}" }) },\n`,
    );
    const main = program({
      clusterName: "prod",
      endpoint: `${CP}:6443`,
      sshKey: lab.sshKey,
      nodes: { "cp-1": CP },
    });
    cluster = new Deployment(
      lab,
      "prod",
      main
        .replace("PodNetwork }", "PodNetwork, Etcd, Runtime }")
        .replace(
          /(?=^ {2}podNetwork:)/m,
          `  runtime: Runtime.systemd({ binaries: "bin" }),\n  etcd: Etcd.dedicated({\n    backup: { schedule: "dayly", keep: 2 },\n    nodes: [\n${members.join("")}  ] }),\n`,
        ),
    );
    bringBinaries(cluster, ["etcdctl"]);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  const schedule = (to: string): void =>
    cluster.edit((main) => main.replace(/(?<=schedule: ")[^"]*/, to));

  const onAll = (command: string): Promise<string[]> =>
    Promise.all(MEMBERS.map((name) => lab.host(name).exec(command)));

  /** systemd's ids of the last starts of etcd. */
  const starts = (): Promise<string[]> =>
    onAll("systemctl show --property=InvocationID --value etcd");

  async function snapshots(): Promise<string[]> {
    const lists = await onAll(`ls ${DIRECTORY}/*.db 2>/dev/null || true`);
    return lists.flatMap((list, i) =>
      list
        .split("\n")
        .filter(Boolean)
        .map((path) => `${MEMBERS[i]} ${path}`),
    );
  }

  step(
    "is refused while systemd does not take the schedule, and nothing is touched",
    async () => {
      const { output, failed } = await cluster.run("deploy");
      expect(failed).toBe(true);
      expect(output).toMatch(
        /etcd-1, etcd-2, etcd-3: Its systemd does not take the schedule "dayly" of etcd's backups: Failed to parse calendar/,
      );
      expect(output).toContain("no node was changed");
      expect(
        await onAll("ls /etc/systemd/system/etcd* 2>/dev/null || true"),
      ).toEqual(["", "", ""]);
    },
  );

  step("comes up with a timer on each member's host", async () => {
    schedule("*-*-* 03:00:00");
    await cluster.deploy();
    expect(await onAll(`systemctl is-active ${timer}`)).toEqual(
      MEMBERS.map(() => "active\n"),
    );
    expect((await cluster.run("plan")).output).toContain("no changes");
    const { output, failed } = await cluster.run("check");
    expect(failed).toBe(false);
    expect(output).toContain("etcd has not been saved on its hosts yet");
  });

  step(
    "is saved by one member, if the timers of all come at once",
    async () => {
      await onAll(`systemctl start ${service}`);
      first = await snapshots();
      expect(first).toEqual([
        expect.stringMatching(
          /^etcd-\d \/var\/backups\/etcd\/prod-\d{8}T\d{6}Z\.db$/,
        ),
      ]);
      const [host, path] = first[0].split(" ");
      await lab
        .host(host)
        .exec(`cd ${DIRECTORY} && sha256sum --check --status ${path}.sha256`);
      expect(await lab.host(host).exec(`stat -c %a:%U ${path}`)).toBe(
        "600:root\n",
      );
      const file = join(cluster.directory, "saved.db");
      const content = await lab.host(host).exec(`base64 -w 0 ${path}`);
      writeFileSync(file, Buffer.from(content, "base64"));
      const etcdutl = programIn(
        binariesOf(KUBERNETES, () => {}),
        "etcdutl",
      );
      const words = ["snapshot", "status", file, "--write-out=json"];
      const said = execFileSync(etcdutl, words, { encoding: "utf8" });
      expect(
        (JSON.parse(said) as { totalKey: number }).totalKey,
      ).toBeGreaterThan(10);
    },
  );

  step(
    "is known to have been saved, by check and then by inspect",
    async () => {
      const [host] = first[0].split(" ");
      const check = await cluster.run("check");
      expect(check.failed).toBe(false);
      expect(check.output).toMatch(
        new RegExp(`etcd was last saved \\d+ (?:s|min) ago, on ${host}`),
      );
      expect((await cluster.run("inspect")).output).toMatch(
        new RegExp(`etcd was last saved \\d+ (?:s|min) ago, on ${host}`),
      );
    },
  );

  step("keeps running when the schedule changes", async () => {
    const before = await starts();
    schedule("hourly");
    await cluster.deploy();
    expect(await starts()).toEqual(before);
    for (const said of await onAll(
      `systemctl show --property=TimersCalendar ${timer}`,
    ))
      expect(said).toContain("OnCalendar=*-*-* *:00:00");
  });

  step("says so when the directory is full, and writes nothing", async () => {
    await onAll(
      `mkdir -p ${DIRECTORY} && mount -t tmpfs -o size=32k tmpfs ${DIRECTORY}`,
    );
    const failures = await onAll(
      `systemctl start ${service} 2>/dev/null || journalctl --no-pager --output=cat --unit=${service} --lines=5`,
    );
    expect(failures.filter(Boolean)).toEqual([
      expect.stringMatching(
        /etcd was not saved: \/var\/backups\/etcd has only 0 MiB of free space, and a snapshot needs \d+ MiB/,
      ),
    ]);
    expect(await onAll(`ls -A ${DIRECTORY}`)).toEqual(["", "", ""]);
    const { output, failed } = await cluster.run("check");
    expect(failed).toBe(true);
    expect(output).toMatch(
      /the last run of etcd-backup\.service failed on etcd-\d/,
    );
    await onAll(`umount ${DIRECTORY}`);
    await onAll(`systemctl start ${service}`);
    expect(await snapshots()).toHaveLength(2);
    expect((await cluster.run("check")).failed).toBe(false);
  });

  step("keeps its snapshots when it is no longer saved", async () => {
    const before = await starts();
    cluster.edit((main) => main.replace(/^ {4}backup: .*\n/m, ""));
    await cluster.deploy();
    expect(await starts()).toEqual(before);
    expect(await onAll(`systemctl is-active ${timer} || true`)).toEqual(
      MEMBERS.map(() => "inactive\n"),
    );
    expect(
      await onAll("ls /etc/systemd/system/etcd-backup* 2>/dev/null || true"),
    ).toEqual(["", "", ""]);
    expect(await snapshots()).toHaveLength(2);
  });
});
