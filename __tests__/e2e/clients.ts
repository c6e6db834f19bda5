import type { Machine } from "./machines";

/** The node whose controller manager or scheduler is the leader; empty if there is no leader. */
export async function leaderOf(
  machine: Machine,
  name: string,
): Promise<string> {
  const holder = await machine.run([
    "kubectl",
    "--kubeconfig",
    kubeconfig("super-admin"),
    "--server",
    serverOf(machine),
    "get",
    "lease",
    name,
    "--namespace",
    "kube-system",
    "--output",
    "jsonpath={.spec.holderIdentity}",
  ]);
  // The identity is `<host name>_<uuid>`.
  return holder.split("_")[0];
}

/** Whether each member of etcd is healthy. */
export async function healthOf(machine: Machine): Promise<boolean[]> {
  const all = await etcdctl<{ health: boolean }[]>(
    machine,
    "endpoint",
    "health",
    "--cluster",
  );
  return all.map(({ health }) => health);
}

/** The names of the members of etcd. */
export async function membersOf(machine: Machine): Promise<string[]> {
  const { members } = await etcdctl<{ members: { name: string }[] }>(
    machine,
    "member",
    "list",
  );
  return members.map(({ name }) => name).sort();
}

async function etcdctl<T>(machine: Machine, ...args: string[]): Promise<T> {
  const host = machine.address.includes(":") ? "[::1]" : "127.0.0.1";
  const pki = "/etc/kubernetes/pki/etcd";
  const answer = await machine.run([
    "etcdctl",
    "--endpoints",
    `https://${host}:2379`,
    "--cacert",
    `${pki}/ca.crt`,
    "--cert",
    `${pki}/healthcheck-client.crt`,
    "--key",
    `${pki}/healthcheck-client.key`,
    ...args,
    "--write-out",
    "json",
  ]);
  return JSON.parse(answer) as T;
}

interface UserInfo {
  readonly username: string;
  readonly groups: readonly string[];
}

/** The user of a kubeconfig, according to the API server. */
export function whoami(machine: Machine, path: string): Promise<UserInfo> {
  return userInfo(machine, "--kubeconfig", path);
}

/** The user of a token, according to a machine's own API server. */
export function bearerOf(token: string, machine: Machine): Promise<UserInfo> {
  return userInfo(
    machine,
    "--server",
    serverOf(machine),
    "--token",
    token,
    "--certificate-authority",
    "/etc/kubernetes/pki/ca.crt",
  );
}

async function userInfo(
  machine: Machine,
  ...options: string[]
): Promise<UserInfo> {
  const answer = await machine.run([
    "kubectl",
    ...options,
    "auth",
    "whoami",
    "--output",
    "json",
  ]);
  return (JSON.parse(answer) as { status: { userInfo: UserInfo } }).status
    .userInfo;
}

/** The path of a kubeconfig on a node. */
export const kubeconfig = (name: string): string =>
  `/etc/kubernetes/${name}.conf`;

/** The address of a machine's own API server. */
export const serverOf = ({ address }: Machine): string =>
  `https://${address.includes(":") ? `[${address}]` : address}:6443`;
