import { chmodSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "../cluster";
import type { Machine } from "../machines";
import { UnitProcess } from "../units";
import { KUBERNETES } from "../binaries";

export const VIRTUAL_IP = "10.0.0.100";
export const ADMIN = "10.0.0.1";
const NODES = { "cp-1": "10.0.0.11", "cp-2": "10.0.0.12", "cp-3": "10.0.0.13" };

const program = (endpoint: string) => `
  import { App, LocalBackend, TerraformStack } from "cdktf";
  import { ControlPlane, Endpoint, KeyAlgorithm } from "cdktf-control-plane";

  const app = new App();
  const stack = new TerraformStack(app, "endpoint");
  new LocalBackend(stack, { path: "../../../terraform.endpoint.tfstate" });
  new ControlPlane(stack, "cluster", {
    clusterName: "endpoint",
    kubernetesVersion: "${KUBERNETES.text}",
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    endpoint: ${endpoint},
    nodes: ${JSON.stringify(Object.entries(NODES).map(([name, address]) => ({ name, address })))},
  });
  app.synth();
`;

/** A cluster whose machines also run the units of its endpoint. */
export class EndpointCluster {
  readonly cluster: Cluster;
  private readonly units = new Map<Machine, UnitProcess[]>();

  constructor(
    endpoint: string,
    private readonly unitNames: readonly string[],
  ) {
    this.cluster = new Cluster({
      main: program(endpoint),
      clusterName: "endpoint",
      nodes: NODES,
      adminAddress: ADMIN,
      prefix: 24,
    });
  }

  async start(): Promise<void> {
    const { cluster } = this;
    await cluster.deploy();
    await cluster.start();
    for (const machine of cluster.machines) {
      const tree = cluster.store(`nodes/${machine.name}/root`);
      // With the mode that a delivery sets, because the check script runs as the user nobody.
      for (const folder of ["etc/kubernetes", "etc/kubernetes/endpoint"])
        chmodSync(join(tree, folder), 0o755);
      await machine.run("mount -t tmpfs tmpfs /run".split(" "));
      const units = this.unitNames.map(
        (name) =>
          new UnitProcess(
            machine,
            join(tree, "etc/systemd/system", name),
            this.log(machine, name),
          ),
      );
      this.units.set(machine, units);
      for (const unit of units) await unit.start();
    }
    await cluster.ready();
  }

  log(machine: Machine, name: string): string {
    return this.cluster.store(`../../logs/${machine.name}-${name}.log`);
  }

  unitsOf(machine: Machine): UnitProcess[] {
    return this.units.get(machine)!;
  }

  /** Cuts the machine off at once, without closing its connections. */
  async lose(machine: Machine): Promise<void> {
    await this.cluster.admin.run(`ip link set ${machine.name} down`.split(" "));
    await Promise.all([
      ...this.unitsOf(machine).map((unit) => unit.end()),
      ...this.cluster.podsOn(machine).map((pod) => pod.stop(0)),
    ]);
  }

  /** Boots the machine again, with only its own address. */
  async regain(machine: Machine): Promise<void> {
    await machine
      .run(`ip address del ${VIRTUAL_IP}/32 dev eth0`.split(" "))
      .catch(() => undefined);
    for (const pod of this.cluster.podsOn(machine)) pod.start();
    for (const unit of this.unitsOf(machine)) await unit.start();
    await this.cluster.admin.run(`ip link set ${machine.name} up`.split(" "));
    await this.cluster.ready(this.cluster.podsOn(machine));
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.units.values()].flat().map((unit) => unit.end()),
    );
    await this.cluster.end();
  }
}
