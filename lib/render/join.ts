import type { BootstrapToken, Site } from "../catalog/site";
import { publicServer } from "./kubeconfig";
import { compact, type KubernetesObject } from "./kubernetes-object";
import { reference } from "./references";

/**
 * The Secret of a bootstrap token, without its id and secret, which are made at apply. So its name and expiry are not
 * known before. The annotation `ttl` is the lifetime from then on; it is not applied to the cluster.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#bootstrap-token-secret-format
 */
export function bootstrapToken(token: BootstrapToken): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "bootstrap.kubernetes.io/token",
    metadata: {
      generateName: "bootstrap-token-",
      namespace: "kube-system",
      ...(token.expires === undefined && { annotations: { ttl: token.ttl } }),
    },
    stringData: compact({
      expiration: token.expires,
      description: token.description || undefined,
      "auth-extra-groups": token.groups.join(",") || undefined,
      ...Object.fromEntries(
        token.usages.map((usage): [string, string] => [
          `usage-bootstrap-${usage}`,
          "true",
        ]),
      ),
    }),
  };
}

/**
 * The ConfigMap that a joining node can read before it trusts the cluster. The bootstrap signer signs it with the tokens.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#configmap-signing
 */
export function clusterInfo(site: Site, caPath: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "cluster-info", namespace: "kube-public" },
    data: {
      kubeconfig: reference({
        $yaml: {
          apiVersion: "v1",
          kind: "Config",
          clusters: [
            {
              name: "",
              cluster: {
                "certificate-authority-data": reference({ $base64: caPath }),
                server: publicServer(site),
              },
            },
          ],
          contexts: [],
          "current-context": "",
          users: [],
        },
      }),
    },
  };
}
