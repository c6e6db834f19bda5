import {
  accountMissing,
  accountNamespaceMissing,
  secretUnfilled,
} from "./errors-access";
import { fields, flag, optional, text } from "../../base/shape";
import type { ApiObject } from "./api-object";
import type { KubernetesApi } from "./api";
import { waitFor } from "./retry";
import { objectWith } from "./shapes";

export interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The service account. Throws if it does not exist. */
export async function accountOf(
  api: KubernetesApi,
  { namespace, name }: AccountName,
): Promise<{ readonly uid: string }> {
  const account = await api.get({
    apiVersion: "v1",
    kind: "ServiceAccount",
    namespace,
    name,
  });
  const { uid } = account?.metadata ?? {};
  if (uid !== undefined) return { uid };
  const namespaces = { apiVersion: "v1", kind: "Namespace" };
  throw (await api.get({ ...namespaces, name: namespace }))
    ? accountMissing(namespace, name)
    : accountNamespaceMissing(namespace, name);
}

/** Whether the API servers accept a token for its audiences. */
export async function reviewToken(
  api: KubernetesApi,
  token: string,
  audiences: readonly string[] | undefined,
): Promise<boolean> {
  const review = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    metadata: {},
    spec: { token, ...(audiences && { audiences }) },
  } as unknown as ApiObject;
  const { status } = await api.create(review, REVIEW);
  return status?.authenticated ?? false;
}

const REVIEW = fields({
  status: optional(fields({ authenticated: optional(flag) })),
});

/** Milliseconds in which a controller manager has to write the token into a Secret. */
const FILLING = 30_000;

/**
 * The token in a Secret, which does not expire. A token of an earlier key is taken out, so that the controller manager
 * writes another one.
 * @param isNewest whether the present key signed the token
 */
export async function tokenOfSecret(
  api: KubernetesApi,
  account: AccountName,
  secret: string,
  isNewest: (token: string) => boolean,
): Promise<string> {
  await accountOf(api, account);
  const { namespace } = account;
  const name = { apiVersion: "v1", kind: "Secret", namespace, name: secret };
  const token = await waitFor(api.clock, FILLING, async () => {
    const found = await api.get(name, SECRET);
    const base64 = found?.data?.token;
    if (base64 === undefined) return undefined;
    const token = Buffer.from(base64, "base64").toString();
    if (isNewest(token)) return token;
    await api.mergePatch(name, { data: { token: null } });
    return undefined;
  });
  if (token === undefined)
    throw secretUnfilled(namespace, secret, `${FILLING / 1000} s`);
  return token;
}

const SECRET = objectWith(
  fields({ data: optional(fields({ token: optional(text) })) }),
);
