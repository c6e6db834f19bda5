import { etcdVersionOf, parseKubernetesVersion } from "./versions";

/**
 * Where people get programs of Kubernetes and etcd, one line for each.
 *
 * @param version the cluster's version of Kubernetes; `undefined` if it is not known
 */
export function programSources(
  programs: readonly string[],
  version: string | undefined,
  architecture: string,
): string[] {
  const known = parseKubernetesVersion(version ?? "");
  const { text: kubernetes = "<version>" } = known ?? {};
  const etcd = known ? `v${etcdVersionOf(known)}` : "<version>";
  const names = [...new Set(programs)];
  const ofEtcd = names.filter((name) => name.startsWith("etcd"));
  return [
    ...names
      .filter((name) => name.startsWith("kube"))
      .map(
        (name) =>
          `  ${name}: curl -fLO https://dl.k8s.io/release/${kubernetes}/bin/linux/${architecture}/${name} && chmod +x ${name}, or in a checkout of Kubernetes: make WHAT=cmd/${name}`,
      ),
    ...(ofEtcd.length > 0
      ? [
          `  ${ofEtcd.join(", ")}: https://github.com/etcd-io/etcd/releases/tag/${etcd} has an archive for each system, or: brew install etcd`,
        ]
      : []),
  ];
}
