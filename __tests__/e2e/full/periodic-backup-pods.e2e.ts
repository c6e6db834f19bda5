import { ETCD_BACKUP_UNITS } from "../../../lib/catalog/etcd-backup";
import { installCrictl } from "../lab/crictl";
import type { Deployment } from "../lab/deployment";
import type { Lab } from "../lab/lab";
import { step } from "../steps";
import { ENDPOINT, NODES, startThreeHosts, threeNodes } from "./three-nodes";

const DIRECTORY = "/var/backups/etcd";
const { service } = ETCD_BACKUP_UNITS;

describe("etcd in static pods whose hosts save it regularly", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await startThreeHosts();
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster = threeNodes(lab);
    cluster.edit((main) =>
      main
        .replace("{ ControlPlane,", "{ ControlPlane, Etcd,")
        .replace(
          /(?=^ {2}nodes: \[$)/m,
          '  etcd: Etcd.stacked({ backup: { schedule: "daily", keep: 2 } }),\n',
        ),
    );
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  const onAll = (command: string): Promise<string[]> =>
    Promise.all(Object.keys(NODES).map((name) => lab.host(name).exec(command)));
  const snapshots = async (): Promise<string[]> =>
    (await onAll(`ls ${DIRECTORY}/*.db 2>/dev/null || true`))
      .join("")
      .split("\n")
      .filter(Boolean);

  step("is refused on hosts without crictl", async () => {
    const { output, failed } = await cluster.run("deploy");
    expect(failed).toBe(true);
    expect(output).toMatch(/cp-1, cp-2, cp-3: .*crictl/);
    expect(output).toContain("no node was changed");
  });

  step("is saved by one member, through its container", async () => {
    for (const host of lab.hosts) await installCrictl(host);
    await cluster.deploy();
    await onAll(`systemctl start ${service}`);
    expect(await snapshots()).toEqual([
      expect.stringMatching(/\/prod-\d{8}T\d{6}Z\.db$/),
    ]);
    const { output, failed } = await cluster.run("check");
    expect(failed).toBe(false);
    expect(output).toMatch(/etcd was last saved \d+ (?:s|min) ago, on cp-\d/);
  });

  step("keeps as many snapshots as the program says", async () => {
    // The name of a snapshot has the second in which it was made.
    for (const count of [2, 2, 2]) {
      await onAll(`systemctl start ${service}`);
      expect(await snapshots()).toHaveLength(count);
    }
  });
});
