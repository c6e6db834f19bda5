import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { binariesOf, KUBERNETES } from "./binaries";
import { until } from "./say";

export const BINARIES = binariesOf(KUBERNETES, () => {});

export const program = (name: string): string => {
  const folder = BINARIES.split(":").find((each) =>
    each.includes(name.startsWith("etcd") ? "/etcd-" : "/kubernetes-"),
  );
  return join(folder ?? "", name);
};

/** etcd, an API server and a controller manager on this machine, with the files of a node tree. They need neither root nor a network. */
export class ApiServer {
  private readonly processes: ChildProcess[] = [];

  constructor(
    /** The root of the node tree. */
    private readonly tree: string,
    /** The node's address: a separate loopback address, so that its ports are free. */
    readonly address: string,
    private readonly scratch: string,
  ) {}

  async start(...flags: string[]): Promise<void> {
    const pki = (file: string) => join(this.tree, "etc/kubernetes/pki", file);
    const conf = (name: string) =>
      join(this.tree, `etc/kubernetes/${name}.conf`);
    const { address } = this;
    const etcd = `https://${address}:2379`;
    this.spawn(
      "etcd",
      "--data-dir",
      join(this.scratch, "etcd"),
      "--unsafe-no-fsync",
      "--listen-client-urls",
      etcd,
      "--advertise-client-urls",
      etcd,
      "--listen-peer-urls",
      `http://${address}:2380`,
      "--cert-file",
      pki("etcd/server.crt"),
      "--key-file",
      pki("etcd/server.key"),
      "--client-cert-auth",
      "--trusted-ca-file",
      pki("etcd/ca.crt"),
    );
    const issuer = "https://kubernetes.default.svc.cluster.local";
    this.spawn(
      "kube-apiserver",
      `--etcd-servers=${etcd}`,
      `--etcd-cafile=${pki("etcd/ca.crt")}`,
      `--etcd-certfile=${pki("apiserver-etcd-client.crt")}`,
      `--etcd-keyfile=${pki("apiserver-etcd-client.key")}`,
      `--bind-address=${address}`,
      // The API server would refuse a loopback address as the address of the service.
      "--advertise-address=10.0.0.11",
      "--endpoint-reconciler-type=none",
      "--secure-port=6443",
      "--authorization-mode=RBAC",
      `--client-ca-file=${pki("ca.crt")}`,
      `--tls-cert-file=${pki("apiserver.crt")}`,
      `--tls-private-key-file=${pki("apiserver.key")}`,
      `--service-account-issuer=${issuer}`,
      `--service-account-key-file=${pki("sa.pub")}`,
      `--service-account-signing-key-file=${pki("sa.key")}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      ...flags,
    );
    await this.ready();
    this.spawn(
      "kube-controller-manager",
      `--kubeconfig=${conf("super-admin")}`,
      `--service-account-private-key-file=${pki("sa.key")}`,
      `--root-ca-file=${pki("ca.crt")}`,
      "--controllers=serviceaccount-controller,serviceaccount-token-controller",
      "--use-service-account-credentials=false",
      `--bind-address=${address}`,
    );
  }

  private async ready(): Promise<void> {
    await until("ready", 60, async () => {
      const conf = join(this.tree, "etc/kubernetes/super-admin.conf");
      return (await this.kubectl(conf, "get", "--raw", "/readyz")) === "ok";
    });
  }

  /** Rejects with the error output if it fails. */
  kubectl(kubeconfig: string, ...args: string[]): Promise<string> {
    return run(program("kubectl"), ["--kubeconfig", kubeconfig, ...args]);
  }

  private spawn(name: string, ...args: string[]): void {
    const log = openSync(join(this.scratch, `${name}.log`), "a");
    const child = spawn(program(name), args, {
      stdio: ["ignore", log, log],
      cwd: this.scratch,
    });
    this.processes.push(child);
  }

  async end(): Promise<void> {
    const ends = this.processes
      .splice(0)
      .map(
        (child) =>
          new Promise((resolve) => child.once("exit", resolve).kill("SIGKILL")),
      );
    await Promise.all(ends);
  }
}

/** Rejects with the error output if it fails. */
export function run(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(out) : reject(new Error(err + out)),
    );
  });
}
