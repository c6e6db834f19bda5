import { randomInt } from "node:crypto";
import type { Clock } from "../../base/clock";
import { toYaml } from "../../render/yaml";
import { rfc3339 } from "../../base/duration";
import { tokenNotAccepted } from "./errors";
import type { ApiObject } from "./api-object";
import { isRefusal } from "./refusals";
import type { KubernetesApi } from "./api";
import { waitFor } from "./retry";

/** A bootstrap token. `id` is public; whoever knows `secret` as well can join as a node. */
export interface Token {
  readonly id: string;
  readonly secret: string;
}

/** @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-format */
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const NAMESPACE = "kube-system";
const SECRET = { apiVersion: "v1", kind: "Secret" };
/** The group whose members may join, according to the cluster's role bindings. */
const GROUP = "system:bootstrappers:kubeadm:default-node-token";
/** Milliseconds in which an API server has to accept a new token, even if another one created it. */
const ACCEPTANCE = 30_000;

export function newToken(): Token {
  return { id: randomText(6), secret: randomText(16) };
}

const randomText = (length: number): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");

const secretName = (tokenId: string) => ({
  name: `bootstrap-token-${tokenId}`,
  namespace: NAMESPACE,
});

/**
 * The Secret of a token. It uses `data`, because a server-side apply would not own the fields of `stringData`.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#bootstrap-token-secret-format
 */
export function tokenSecret(
  { id, secret }: Token,
  fields: Readonly<Record<string, string>>,
  metadata: object = {},
): ApiObject {
  const data = { ...fields, "token-id": id, "token-secret": secret };
  return {
    ...SECRET,
    type: "bootstrap.kubernetes.io/token",
    metadata: { ...metadata, ...secretName(id) },
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        Buffer.from(value).toString("base64"),
      ]),
    ),
  };
}

/** The `expiration` of a token that is valid for this many milliseconds from now. */
export const expirationAfter = (clock: Clock, milliseconds: number): string =>
  rfc3339(new Date(clock.now() + milliseconds));

export interface JoinOptions {
  /** The CA that signed the API servers' certificates. */
  readonly caPem: string;
  /** The URL of the cluster: `https://host:port`. */
  readonly server: string;
  readonly ttlSeconds: number;
  readonly description: string;
}

export interface Join {
  /** The content of `/etc/kubernetes/bootstrap-kubelet.conf`. */
  readonly kubeconfig: string;
  readonly tokenId: string;
}

/** Creates what a kubelet needs to request its certificate. Returns when the API server accepts the token. */
export async function mintJoin(
  api: KubernetesApi,
  { caPem, server, ttlSeconds, description }: JoinOptions,
): Promise<Join> {
  const token = newToken();
  await api.serverSideApply(
    tokenSecret(token, {
      description,
      expiration: expirationAfter(api.clock, ttlSeconds * 1000),
      "usage-bootstrap-authentication": "true",
      "auth-extra-groups": GROUP,
    }),
  );
  const bearer = `${token.id}.${token.secret}`;
  await accepted(api.asBearerOf(bearer), token.id);
  return {
    kubeconfig: toYaml(bootstrapKubeconfig(caPem, server, bearer)),
    tokenId: token.id,
  };
}

/** The bootstrap kubeconfig, with the same names as kubeadm's. */
function bootstrapKubeconfig(
  caPem: string,
  server: string,
  token: string,
): object {
  const [cluster, user] = ["kubernetes", "tls-bootstrap-token-user"];
  const context = `${user}@${cluster}`;
  const ca = Buffer.from(caPem).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: cluster, cluster: { "certificate-authority-data": ca, server } },
    ],
    contexts: [{ name: context, context: { cluster, user } }],
    "current-context": context,
    users: [{ name: user, user: { token } }],
  };
}

/** Waits until the API server accepts a token. It learns of tokens through a watch, and refuses those that it does not know. */
async function accepted(bearer: KubernetesApi, tokenId: string): Promise<void> {
  const answer = await waitFor(bearer.clock, ACCEPTANCE, async () => {
    try {
      return await bearer.version();
    } catch (error) {
      if (isRefusal(error, 401)) return undefined;
      throw error;
    }
  });
  bearer.close();
  if (answer === undefined)
    throw tokenNotAccepted(tokenId, `${ACCEPTANCE / 1000} s`);
}

/** Revokes a bootstrap token, if it still exists. */
export async function revoke(
  api: KubernetesApi,
  tokenId: string,
): Promise<void> {
  await api.remove({ ...SECRET, ...secretName(tokenId) });
}
