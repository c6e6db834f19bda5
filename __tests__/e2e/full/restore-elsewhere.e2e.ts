import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { bringBinaries } from "../lab/binaries";
import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { until } from "../say";
import { step } from "../steps";
import { ENDPOINT, NODES } from "./three-nodes";

const SPARE = "10.77.0.14";
const CP = { "cp-1": NODES["cp-1"] };
const ETCD = {
  "etcd-1": NODES["cp-2"],
  "etcd-2": NODES["cp-3"],
  "etcd-3": SPARE,
};
/** The backup, in the folder of a program. */
const BACKUP = "prod.backup";
const RESTORE = `restore: { snapshot: "${BACKUP}", confirm: "prod" }`;
const UNITS = '  runtime: Runtime.systemd({ binaries: "bin" }),\n';

describe("a cluster of which only a backup is left", () => {
  let lab: Lab;
  let lost: Deployment;
  let clusters: Deployment[] = [];

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: Object.entries({ ...NODES, spare: SPARE }).map(
        ([name, address]) => ({ name, address }),
      ),
      names: { "api.example.org": ENDPOINT },
      pods: false,
    });
    await lab.give(ENDPOINT, lab.host("cp-1"));
    lost = new Deployment(lab, "prod", programOf(NODES, ""));
    clusters = [lost];
    await lost.deploy();
    await lost.kubectl("create", "configmap", "kept", "--namespace=default");
    await lost.run("backup", "--to", ".");
  });

  afterAll(async () => {
    await lab?.end();
    for (const cluster of clusters) cluster.end();
  });

  /** A program with further props. */
  const programOf = (
    nodes: Readonly<Record<string, string>>,
    props: string,
  ): string =>
    program({
      clusterName: "prod",
      endpoint: "api.example.org:6443",
      sshKey: lab.sshKey,
      nodes,
    })
      .replace("PodNetwork }", "PodNetwork, Etcd, Runtime }")
      .replace(/(?=^ {2}nodes: \[$)/m, props);

  /** New machines, and a program in a new folder that has only the backup, whose keys it puts into its store. */
  async function startAnew(props: string): Promise<Deployment> {
    await Promise.all(lab.hosts.map((host) => host.reinstall()));
    await lab.give(ENDPOINT, lab.host("cp-1"));
    const cluster = new Deployment(lab, "prod", programOf(CP, props));
    clusters.push(cluster);
    const [backup] = readdirSync(lost.directory).filter((name) =>
      name.endsWith(".backup"),
    );
    copyFileSync(
      `${lost.directory}/${backup}`,
      `${cluster.directory}/${BACKUP}`,
    );
    mkdirSync(cluster.store("."), { recursive: true, mode: 0o700 });
    const { output, failed } = await cluster.try(
      ..."tar --extract --file prod.backup --directory clusters/prod --strip-components 1 store".split(
        " ",
      ),
    );
    expect([output, failed]).toEqual(["", false]);
    bringBinaries(cluster, ["etcdutl"]);
    return cluster;
  }

  async function isBack(cluster: Deployment): Promise<void> {
    await until("the object is there", 60, async () =>
      (
        await cluster.kubectl(
          ..."get configmaps --namespace=default --output=name".split(" "),
        )
      ).includes("configmap/kept"),
    );
    expect((await cluster.run("plan")).output).toContain("no changes");
  }

  step("comes back on one machine with units", async () => {
    const cluster = await startAnew(
      `${UNITS}  etcd: Etcd.stacked({ ${RESTORE} }),\n`,
    );
    const { output } = await cluster.deploy();
    // The Node objects of the machines that are gone.
    for (const name of ["cp-2", "cp-3"])
      expect(output).toContain(`${name}: the restored data have this node`);
    await isBack(cluster);
    expect((await cluster.run("etcd", "status", "--json")).output).toContain(
      '"cp-1"',
    );
  });

  step("comes back with etcd on hosts of its own", async () => {
    const members = Object.entries(ETCD).map(
      ([name, address]) =>
        `{ name: "${name}", address: "${address}", access: NodeAccess.ssh({ host: "${address}", user: "admin", identityFile: "${lab.sshKey}" }) }`,
    );
    const cluster = await startAnew(
      `${UNITS}  etcd: Etcd.dedicated({ nodes: [${members.join()}], ${RESTORE} }),\n`,
    );
    await cluster.deploy();
    await isBack(cluster);
    const { output } = await cluster.run("etcd", "status");
    for (const name of Object.keys(ETCD)) expect(output).toContain(name);
  });
});
