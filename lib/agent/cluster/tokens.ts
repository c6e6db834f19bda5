import { randomInt } from "node:crypto";
import type { Clock } from "../../base/clock";
import { toYaml } from "../../render/yaml";
import { rfc3339 } from "../../base/duration";
import { tokenNotAccepted } from "./errors";
import type { ApiObject } from "./api-object";
import { isRefusal } from "./refusals";
import type { KubernetesApi } from "./api";
import { waitFor } from "./retry";

/** `id` is public; who has the secret too is a node that joins. */
export interface Token {
  readonly id: string;
  readonly secret: string;
}

/** @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-format */
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const NAMESPACE = "kube-system";
const SECRET = { apiVersion: "v1", kind: "Secret" };
/** What the cluster's role bindings let join. */
const GROUP = "system:bootstrappers:kubeadm:default-node-token";
/** Milliseconds until an API server knows a token that another one may have been told. */
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
 * What the API server keeps of a token. As `data`, since an apply would not own the fields of `stringData`.
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

/** The moment, so many milliseconds from now, as a token's `expiration`. */
export const expirationAfter = (clock: Clock, milliseconds: number): string =>
  rfc3339(new Date(clock.now() + milliseconds));

export interface JoinOptions {
  /** Of the authority that signed the API servers' certificates. */
  readonly caPem: string;
  /** Where the node finds the cluster: `https://host:port`. */
  readonly server: string;
  readonly ttlSeconds: number;
  readonly description: string;
}

export interface Join {
  /** Of `/etc/kubernetes/bootstrap-kubelet.conf`. */
  readonly kubeconfig: string;
  readonly tokenId: string;
}

/** What a kubelet needs to ask for its certificate; returns when the API server knows it. */
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

/** As kubeadm names what is in it. */
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

/** The API server learns of tokens by watching them: one that it doesn't know yet is refused, not taken for nobody's. */
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

/** One that is gone already is fine. */
export async function revoke(
  api: KubernetesApi,
  tokenId: string,
): Promise<void> {
  await api.remove({ ...SECRET, ...secretName(tokenId) });
}
