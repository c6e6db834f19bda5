import {
  copyFileSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
  closeSync,
} from "node:fs";
import type { Deployment } from "../lab/deployment";
import { Informer } from "../lab/informer";
import type { Lab } from "../lab/lab";
import { until } from "../say";
import { step } from "../steps";
import { ENDPOINT, NODES, startThreeHosts, threeNodes } from "./three-nodes";

const NAMES = Object.keys(NODES) as (keyof typeof NODES)[];
const BACKUPS = "backups";

/** The line of a program that asks for a restore. */
const restoreLine = (file: string, confirm = "prod") =>
  `  etcd: Etcd.stacked({ restore: { snapshot: "${file}", confirm: "${confirm}" } }),\n`;

describe("a cluster whose etcd is restored from a backup", () => {
  let lab: Lab;
  let cluster: Deployment;
  /** Relative to the folder of the program. */
  let backup: string;

  beforeAll(async () => {
    lab = await startThreeHosts();
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster = threeNodes(lab);
    cluster.edit((main) =>
      main.replace("{ ControlPlane,", "{ ControlPlane, Etcd,"),
    );
    await cluster.deploy();
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("saves etcd and the keys into one file, which is whole", async () => {
    await write("before");
    const { output, failed } = await cluster.run("backup");
    expect(failed).toBe(false);
    expect(output).toMatch(/from cp-\d of cp-1, cp-2 and cp-3/);
    const [name] = readdirSync(cluster.store(BACKUPS));
    backup = `clusters/prod/${BACKUPS}/${name}`;
    expect(statSync(cluster.store(`${BACKUPS}/${name}`)).mode & 0o777).toBe(
      0o600,
    );
    expect((await cluster.run("backup", "verify", backup)).output).toContain(
      "a whole backup of prod",
    );
  });

  step(
    "refuses a damaged backup, and one of other keys, before anything is touched",
    async () => {
      const whole = `${cluster.directory}/${backup}`;
      const damaged = `${cluster.directory}/damaged.backup`;
      copyFileSync(whole, damaged);
      const file = openSync(damaged, "r+");
      writeSync(
        file,
        Buffer.from([0x5a, 0xa5]),
        0,
        2,
        statSync(damaged).size / 2,
      );
      closeSync(file);
      const cut = `${cluster.directory}/cut.backup`;
      copyFileSync(whole, cut);
      truncateSync(cut, statSync(cut).size - 4096);
      const before = await processes();
      for (const name of ["damaged", "cut"]) {
        cluster.edit((main) =>
          main.replace(
            /^ {2}etcd: .*\n|(?=^ {2}nodes: \[$)/m,
            restoreLine(`${name}.backup`),
          ),
        );
        const { output, failed } = await cluster.run("deploy");
        expect(failed).toBe(true);
        expect(output).toContain(`${name}.backup is damaged:`);
      }
      expect(await processes()).toEqual(before);
      cluster.edit((main) => main.replace(/^ {2}etcd: .*\n/m, ""));
    },
  );

  step(
    "brings back what was there then, also for a watching client",
    async () => {
      await write("after");
      const revision = await revisionOf();
      cluster.edit((main) =>
        main.replace(/(?=^ {2}nodes: \[$)/m, restoreLine(backup)),
      );
      const plan = await cluster.run("plan");
      expect(plan.output).toMatch(
        /restore|make new data from the backup: revision \d+ of .* What was written later is lost/,
      );
      const informer = new Informer(lab, cluster);
      const sees = (names: string) =>
        until(`the informer sees ${names}`, 120, () =>
          Promise.resolve(informer.names().join() === names),
        );
      await sees("after,before,kube-root-ca.crt");
      await cluster.deploy();
      expect(await written()).toEqual(["before"]);
      await sees("before,kube-root-ca.crt");
      await write("seen");
      await sees("before,kube-root-ca.crt,seen");
      await cluster.kubectl("delete", "configmap", "seen");
      await informer.stop();
      expect((await revisionOf()) - revision).toBeGreaterThan(900_000_000);
      expect((await cluster.run("plan")).output).toContain("no changes");
    },
  );

  step("keeps the old data aside, and saved what was there last", async () => {
    for (const name of NAMES)
      expect(await lab.host(name).exec("ls /var/lib/etcd")).toMatch(
        /^member\nmember\.\d{8}T\d{6}$/m,
      );
    expect(readdirSync(cluster.store(BACKUPS)).join()).toMatch(
      /-before-restore\.backup/,
    );
  });

  step("does not restore the same backup again", async () => {
    await write("later");
    await cluster.deploy();
    expect(await written()).toEqual(["before", "later"]);
  });

  step("gives the cluster back on three new machines", async () => {
    const { output } = await cluster.run("backup", "--to", "elsewhere");
    const [last] = readdirSync(`${cluster.directory}/elsewhere`);
    expect(output).toContain(last);
    for (const name of NAMES) await lab.host(name).reinstall();
    // The new machines have other keys.
    rmSync(cluster.store("known_hosts"));
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster.edit((main) =>
      main.replace(/^ {2}etcd: .*\n/m, restoreLine(`elsewhere/${last}`)),
    );
    await cluster.deploy();
    await until(
      "all is there",
      60,
      async () => (await written()).join() === "before,later",
    );
    expect((await cluster.run("check")).failed).toBe(false);
  });

  const write = (name: string) =>
    cluster.kubectl("create", "configmap", name, "--namespace", "default");

  const written = async (): Promise<string[]> =>
    (
      await cluster.kubectl(
        "get",
        "configmaps",
        "--namespace",
        "default",
        "--output",
        "jsonpath={.items[*].metadata.name}",
      )
    )
      .split(" ")
      .filter((name) => name !== "kube-root-ca.crt");

  const revisionOf = async (): Promise<number> => {
    const list = JSON.parse(
      await cluster.kubectl("get", "--raw", "/api/v1/namespaces"),
    ) as { readonly metadata: { readonly resourceVersion: string } };
    return Number(list.metadata.resourceVersion);
  };

  const processes = (): Promise<string[]> =>
    Promise.all(
      NAMES.map((name) =>
        lab.host(name).exec("pgrep -x 'etcd|kube-apiserver' | sort"),
      ),
    );
});
