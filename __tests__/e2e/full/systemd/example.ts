import { join } from "node:path";
import { bringBinaries } from "../../lab/binaries";
import { Deployment } from "../../lab/deployment";
import { type Asked, askWhile } from "../../lab/endpoint-probe";
import type { Host } from "../../lab/host";
import { Lab } from "../../lab/lab";
import { systemdExample } from "../../lab/program";
import { diskOf } from "../disk";

export const ETCD = {
  "k8s-etcd1": "172.100.102.71",
  "k8s-etcd2": "172.100.102.72",
  "k8s-etcd3": "172.100.102.73",
};
export const MASTERS = {
  "k8s-master1": "172.100.102.70",
  "k8s-master2": "172.100.102.80",
};
export const VIRTUAL_IP = "172.100.102.90";
export const PORT = 8443;
export const DIRECTORY = "/usr/local/k8s";
export const UNITS = [
  "kube-apiserver-proxy",
  "kube-apiserver-vip",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-proxy",
  "kube-scheduler",
  "kubelet",
];

/** The components of which only the leader works. */
export const LEADERS = ["kube-controller-manager", "kube-scheduler"];

export const READY = ["get", "--raw", "/readyz"];

/** The line with the address in the example. */
export const ADDRESS = `address: "${VIRTUAL_IP}"`;

/** The cluster of examples/systemd, unchanged: three etcd hosts, two control-plane nodes and a virtual IP. */
export class SystemdExample {
  lab!: Lab;
  cluster!: Deployment;

  async start(): Promise<void> {
    this.lab = await Lab.start({
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
    this.cluster = new Deployment(
      this.lab,
      "mycluster",
      systemdExample(this.lab.sshKey),
    );
    bringBinaries(this.cluster);
  }

  async end(): Promise<void> {
    await this.lab?.end();
    this.cluster?.end();
  }

  hosts(): Host[] {
    return Object.keys({ ...ETCD, ...MASTERS }).map((name) =>
      this.lab.host(name),
    );
  }

  masters(): Host[] {
    return Object.keys(MASTERS).map((name) => this.lab.host(name));
  }

  /** The findings of a deploy, which must have changed no host. */
  async problems(): Promise<string[]> {
    const before = await Promise.all(this.hosts().map(disk));
    const { output, failed } = await this.cluster.run("deploy");
    expect(failed).toBe(true);
    expect(output).toContain("so it has not begun: no node was changed.");
    expect(await Promise.all(this.hosts().map(disk))).toEqual(before);
    return output.split("\n").filter((line) => line.startsWith("- "));
  }

  /** The node that holds the address now. */
  async holder(): Promise<Host> {
    const holders: Host[] = [];
    for (const host of this.masters().filter(({ up }) => up))
      if ((await host.exec(`ip -oneline address show to ${VIRTUAL_IP}`)) !== "")
        holders.push(host);
    expect(holders).toHaveLength(1);
    return holders[0];
  }

  /** Asks the virtual IP from the machine that deploys, while something happens. */
  ask(action: () => Promise<unknown>): Promise<Asked> {
    return askWhile(
      {
        start: (command, log) => this.lab.admin.start(command, log),
        kubeconfig: this.cluster.store("kubeconfigs/admin.conf"),
        host: VIRTUAL_IP,
        port: PORT,
        log: join(this.cluster.directory, "asked.log"),
      },
      action,
    );
  }

  /** systemd's ids of the running units, by host. A unit has a new id after each start. */
  async started(): Promise<Record<string, Record<string, string>>> {
    const all = await Promise.all(
      this.hosts().map(async (host) => {
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

  /** The health of each member, according to its own health check. */
  async membersHealth(): Promise<boolean[]> {
    const pki = this.cluster.store(`nodes/k8s-etcd1/root${DIRECTORY}/ssl/etcd`);
    const answer = await this.lab.admin.run([
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
}

/** Delivered programs are checked before they are moved to their destinations. */
const disk = async (host: Host): Promise<string> =>
  (await diskOf(host)).replace(/^\/var\/lib\/cdktf-control-plane\/.*\n/gm, "");

/** The ids that something has got anew. */
export const changed = (
  before: Record<string, string>,
  after: Record<string, string>,
): string[] => Object.keys(after).filter((id) => before[id] !== after[id]);

/** The findings of systemd-analyze about units. It prints them only to standard error, and always ends with 0. */
export const verified = (
  host: Host,
  units: readonly string[],
): Promise<string> =>
  host.exec(`systemd-analyze verify ${units.join(" ")} 2>&1`);

/** All files of a host that contain a secret, with their modes. */
export const SECRETS = `
grep --recursive --files-with-matches --extended-regexp --no-messages 'PRIVATE KEY|client-key-data|auth_pass' \\
  ${DIRECTORY}/ssl /etc/kubernetes /var/lib/kubelet /var/lib/kube-proxy | xargs stat -c '%a %n'
`;
