/**
 * The version in `Kubernetes v1.36.3`, which all programs of Kubernetes print. The pattern matches spaces only within a
 * line; otherwise a long text of spaces and line breaks would take very long.
 */
export const kubernetesVersionIn = (said: string): string | undefined =>
  /^[ \t]*Kubernetes (v\d+\.\d+\.\d+\S*)[ \t\r]*$/m.exec(said)?.[1];

/** The version in `etcd Version: 3.6.8`, which etcd prints among other lines. */
export const etcdVersionIn = (said: string): string | undefined =>
  /^etcd Version: (\d+\.\d+\.\S+)$/m.exec(said)?.[1];
