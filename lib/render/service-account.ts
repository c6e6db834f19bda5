import type { KubernetesObject } from "./kubernetes-object";
import { accountBindings, type AccountName, type Rights } from "./rbac";

export const accountObject = ({
  namespace,
  name,
}: AccountName): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name, namespace },
});

/** A service account and its role bindings. */
export const serviceAccount = (
  account: AccountName,
  rights: Rights,
): KubernetesObject[] => [
  accountObject(account),
  ...accountBindings(account, rights),
];

/**
 * The Secret with a token of the account that never expires. The controller manager writes the token into it.
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
 */
export const tokenSecret = (
  { namespace, name }: AccountName,
  secret: string,
): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Secret",
  type: "kubernetes.io/service-account-token",
  metadata: {
    name: secret,
    namespace,
    annotations: { "kubernetes.io/service-account.name": name },
  },
});
