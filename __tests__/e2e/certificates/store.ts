import { load } from "js-yaml";
import type { Deployment } from "../../support/terraform";
import type { Certificate } from "./linter";

/** The purposes of certificates, by the end of their paths. The first match counts. */
const PURPOSES: readonly (readonly [
  path: RegExp,
  authority: string,
  usages: Certificate["usages"],
  hosts?: (node: Node) => readonly string[],
])[] = [
  [/(^|\/)pki\/ca\.crt$/, "ca", ["any"]],
  [/(^|\/)pki\/etcd\/ca\.crt$/, "etcd/ca", ["any"]],
  [/(^|\/)pki\/front-proxy-ca\.crt$/, "front-proxy-ca", ["any"]],
  [
    /\/pki\/apiserver\.crt$/,
    "ca",
    ["serverAuth"],
    ({ name, address, service }) => [
      name,
      address,
      service,
      "kubernetes",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
    ],
  ],
  [/\/pki\/apiserver-kubelet-client\.crt$/, "ca", ["clientAuth"]],
  [/\/pki\/front-proxy-client\.crt$/, "front-proxy-ca", ["clientAuth"]],
  [/\/pki\/apiserver-etcd-client\.crt$/, "etcd/ca", ["clientAuth"]],
  [/\/pki\/etcd\/healthcheck-client\.crt$/, "etcd/ca", ["clientAuth"]],
  [
    /\/pki\/etcd\/(server|peer)\.crt$/,
    "etcd/ca",
    ["serverAuth", "clientAuth"],
    ({ name, address }) => [name, address, "localhost", "127.0.0.1", "::1"],
  ],
  [
    /\/kubelet\/pki\/kubelet\.crt$/,
    "ca",
    ["serverAuth"],
    ({ name, address }) => [name, address],
  ],
  [/\.conf$/, "ca", ["clientAuth"]],
];

export interface Node {
  readonly name: string;
  readonly address: string;
  /** The first address of the service network. */
  readonly service: string;
}

/**
 * Every certificate of a store, including those in kubeconfigs. Throws if a path matches no purpose.
 * @param isOneAuthority whether etcd and the front proxy use the CA of Kubernetes
 */
export function certificatesIn(
  deployment: Deployment,
  store: string,
  node: Node,
  isOneAuthority: boolean,
): Certificate[] {
  return deployment
    .files(store)
    .filter((path) => /^(pki|nodes|kubeconfigs)\//.test(path))
    .flatMap((name) => {
      const text = deployment.read(`${store}/${name}`);
      const pem = name.endsWith(".conf") ? clientCertificate(text) : text;
      if (!pem.includes("BEGIN CERTIFICATE")) return [];
      const purpose = PURPOSES.find(([path]) => path.test(name));
      if (!purpose) throw new Error(`what is ${name} for?`);
      const [, authority, usages, hosts = () => []] = purpose;
      const root = isOneAuthority ? "ca" : authority;
      const roots = deployment.read(`${store}/pki/${root}.crt`);
      return [{ name, pem, roots, usages, hosts: hosts(node) }];
    });
}

function clientCertificate(kubeconfig: string): string {
  const { users } = load(kubeconfig) as {
    users: readonly { user: Record<string, string> }[];
  };
  const [{ user }] = users;
  return Buffer.from(user["client-certificate-data"], "base64").toString();
}
