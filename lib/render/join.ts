import type { BootstrapToken, Site } from "../catalog/site";
import { publicServer } from "./kubeconfig";
import { compact, type KubernetesObject } from "./kubernetes-object";
import { reference } from "./references";

/**
 * A bootstrap token without its id and secret, which are made at apply; so its name and its end are not known
 * before. The annotation `ttl` says how long it is to live from then on and isn't applied.
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
 * What a node that joins may read before it can trust anybody; the bootstrap signer signs it for the tokens.
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
