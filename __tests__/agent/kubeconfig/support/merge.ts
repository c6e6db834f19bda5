import type { Kubeconfig } from "../../../../lib/agent/kubeconfig/entries";
import {
  type Merge,
  type Merged,
  mergeKubeconfig,
} from "../../../../lib/agent/kubeconfig/merge";

export const config = (
  names: readonly string[],
  fields: Record<string, string> = {},
): Kubeconfig => ({
  clusters: names.map((name) => ({
    name: `cdktf:${name}`,
    cluster: { server: `https://${name}:6443` },
  })),
  contexts: names.map((name) => ({
    name,
    context: { cluster: `cdktf:${name}`, user: `cdktf:${name}` },
  })),
  users: names.map((name) => ({
    name: `cdktf:${name}`,
    user: { token: "a", ...fields },
  })),
});

export const merge = (given: Partial<Merge>): Merged =>
  mergeKubeconfig({
    path: "~/.kube/config",
    text: undefined,
    wanted: undefined,
    ours: undefined,
    origin: undefined,
    ...given,
  });

/** A file that kubectl wrote. */
export const KUBECTL = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: AAAA
    server: https://1.2.3.4
  name: theirs
contexts:
- context:
    cluster: theirs
    user: me
  name: theirs
current-context: theirs
kind: Config
preferences: {}
users:
- name: me
  user:
    token: secret
`;
