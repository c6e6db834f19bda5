import {
  ApiProxy,
  Duration,
  KeyAlgorithm,
  LocalControlPlane,
  MergedKubeconfig,
  ServiceAccountToken,
} from "../../../lib";
import type { Program } from "../../support/terraform";
import { run } from "../api-server";
import { KUBERNETES } from "../binaries";

export const PORT = 36443;
export const PROXY = 38001;
export const STORE = "clusters/debug";

interface Options {
  /** Whether tokens and proxies are made after the rollout. */
  readonly afterwards?: boolean;
  readonly namespaceThere?: boolean;
  readonly rejectPaths?: readonly string[];
}

const NAMESPACE = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "team" },
};
const ROLE = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "Role",
  metadata: { name: "config-reader", namespace: "team" },
  rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }],
};

/** A local control plane, and the accesses to it that are made after its rollout. */
export const program =
  ({
    afterwards = true,
    namespaceThere = true,
    rejectPaths = ["^/api/v1/pod"],
  }: Options = {}): Program =>
  (stack) => {
    const controlPlane = new LocalControlPlane(stack, "debug", {
      clusterName: "debug",
      kubernetesVersion: KUBERNETES.text,
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      port: PORT,
      etcd: { clientPort: 32379, peerPort: 32380, metricsPort: 32381 },
      // Aggregates the rules of the roles view and edit.
      controllerManager: { port: 30257 },
    });
    if (namespaceThere)
      controlPlane.addManifests("team", { objects: [NAMESPACE, ROLE] });
    const jane = controlPlane.addUser("jane", {
      namespace: "team",
      namespaceClusterRoles: ["view"],
    });
    if (!afterwards) return;
    const ci = new ServiceAccountToken(stack, "ci", {
      controlPlane,
      namespace: "team",
      namespaceClusterRoles: ["edit"],
      lifetime: Duration.hours(1),
    });
    const reader = new ServiceAccountToken(stack, "reader", {
      controlPlane,
      namespace: "team",
      namespaceRoles: ["config-reader"],
    });
    new MergedKubeconfig(stack, "all", {
      path: "~/.kube/config",
      kubeconfigs: [
        { context: "admin", kubeconfig: controlPlane.adminKubeconfig },
        { context: "jane", kubeconfig: jane },
        { context: "ci", kubeconfig: ci },
        { context: "reader", kubeconfig: reader },
      ],
    });
    new ApiProxy(stack, "web", {
      controlPlane,
      port: PROXY,
      rejectPaths,
      rejectMethods: ["POST"],
      acceptHosts: ["^127\\.0\\.0\\.1$"],
    });
    new ApiProxy(stack, "socket", {
      kubeconfig: reader,
      unixSocket: "run/api.sock",
    });
  };

/** The status of the proxy's answer. */
export const proxied = async (path: string, ...options: string[]) => {
  const url = `http://127.0.0.1:${PROXY}${path}`;
  const out = await run("curl", [
    "--silent",
    "--show-error",
    "--write-out",
    "\n%{http_code}",
    ...options,
    url,
  ]);
  return out.split("\n").at(-1);
};
