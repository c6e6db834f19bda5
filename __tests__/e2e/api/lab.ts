import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { KubernetesApi } from "../../../lib/agent/cluster/api";
import { EtcdClient } from "../../../lib/agent/cluster/etcd";
import { Server } from "../../../lib/agent/cluster/https";
import type { Host, Socket } from "../../../lib/agent/hosts/host";
import { Cluster } from "../cluster";
import { type Machine, removeAtTheEnd } from "../machines";
import { until } from "../say";
import { KUBERNETES } from "../binaries";

const sockets = mkdtempSync(join(tmpdir(), "e2e-sockets-"));
removeAtTheEnd(sockets);

/** A host that is a test's machine with its own network. Its ports are reached through sockets, as with SSH. */
class MachineHost implements Host {
  readonly name: string;
  private readonly forwards: ChildProcess[] = [];

  constructor(private readonly machine: Machine) {
    this.name = machine.name;
  }

  run(): Promise<never> {
    return Promise.reject(new Error("this host runs no scripts"));
  }

  async reach(host: string, port: number): Promise<Socket> {
    const path = join(sockets, `${this.name}-${port}`);
    if (!existsSync(path)) {
      const log = join(sockets, "log");
      const command = [process.execPath, "-e", FORWARD, path, host, `${port}`];
      this.forwards.push(this.machine.spawn(command, log, {}));
      await until("forwarding", 30, async () => existsSync(path));
    }
    return { path };
  }

  close(): Promise<void> {
    for (const forward of this.forwards) forward.kill("SIGKILL");
    return Promise.resolve();
  }
}

const FORWARD = `
  const net = require("node:net");
  const [path, host, port] = process.argv.slice(1);
  net.createServer((near) => {
    const far = net.connect(port, host);
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
    near.pipe(far).pipe(near);
  }).listen(path);
`;

/** A cluster of one node, and its etcd and API as a rollout reaches them. */
export class ApiLab {
  readonly sockets = sockets;
  readonly cluster = new Cluster({
    main: `
      import { App, LocalBackend, TerraformStack } from "cdktf";
      import { ControlPlane, KeyAlgorithm } from "cdktf-control-plane";

      const app = new App();
      const stack = new TerraformStack(app, "api");
      new LocalBackend(stack, { path: "../../../terraform.api.tfstate" });
      new ControlPlane(stack, "cluster", {
        clusterName: "api",
        kubernetesVersion: "${KUBERNETES.text}",
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
        nodes: [{ name: "cp-1", address: "10.0.0.11" }],
      });
      app.synth();
    `,
    clusterName: "api",
    nodes: { "cp-1": "10.0.0.11" },
    adminAddress: "10.0.0.1",
    prefix: 24,
  });
  machine!: Machine;
  api!: KubernetesApi;
  host!: Host;
  /** The second member of etcd. */
  second: ChildProcess | undefined;

  async start(): Promise<void> {
    await this.cluster.deploy();
    await this.cluster.start();
    [this.machine] = this.cluster.machines;
    this.host = new MachineHost(this.machine);
    this.api = this.connect();
  }

  async end(): Promise<void> {
    this.second?.kill("SIGKILL");
    await this.host?.close();
    await this.cluster.end();
  }

  /** A file of the node. */
  node(path: string): string {
    return this.cluster.store(`nodes/cp-1/root${path}`);
  }

  text(path: string): string {
    return readFileSync(path, "utf8");
  }

  etcdAt(port: number, patience?: number): EtcdClient {
    const { host } = this;
    const pki = (file: string) =>
      this.text(this.node(`/etc/kubernetes/pki/etcd/${file}`));
    const client = {
      cert: pki("healthcheck-client.crt"),
      key: pki("healthcheck-client.key"),
    };
    const address = "127.0.0.1";
    const tls = { trust: { ca: pki("ca.crt"), name: address }, client };
    const title = `etcd of cp-1, ${port}`;
    const server = new Server({ title, host, address, port, tls });
    return new EtcdClient(server, SYSTEM_CLOCK, patience);
  }

  connect(patience?: number): KubernetesApi {
    const { host } = this;
    const path = this.node("/etc/kubernetes/super-admin.conf");
    const { address } = this.machine;
    const kubeconfig = this.text(path);
    const props = { kubeconfig, path, host, address, port: 6443, patience };
    return new KubernetesApi({ ...props, clock: SYSTEM_CLOCK });
  }
}
