import type { ServiceAccountTokenSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import type { ParsedArtefact } from "../../store/artefacts";
import type { KubernetesApi } from "../cluster/api";
import {
  accountOf,
  reviewToken,
  tokenOfSecret,
} from "../cluster/account-tokens";
import { newestKeyId } from "../cluster/trust";
import { milliseconds } from "../../base/duration";
import type { Maker, BuildContext } from "./maker";
import { keysBelow, keysIn, resolveReferences } from "./references";
import { type TokenClaims, readClaims } from "../../pki/token-claims";
import { renewalTime } from "../../pki/verification";
import { fromYaml } from "../../base/yaml";

/**
 * Keeps the present token while the API servers accept it and it is not due; otherwise requests one. A plan never
 * contains it.
 */
export const makeServiceAccountToken: Maker = async (artefact, context) => {
  const spec = fromYaml(artefact.spec) as ServiceAccountTokenSpec;
  const api = await context.api();
  const isNewest = newestKeyTest(spec, artefact, context);
  const { token, note } = spec.secret
    ? {
        token: await tokenOfSecret(
          api,
          spec.serviceAccount,
          spec.secret,
          isNewest,
        ),
      }
    : await keepOrMint(spec, artefact, context, api, isNewest);
  const claims = readClaims(token);
  const places = keysBelow(keysIn(artefact.references, 0), "kubeconfig");
  const complete = resolveReferences(spec.kubeconfig, places, {
    base64: (name) => context.need(name, artefact).toString("base64"),
    token: () => token,
  });
  return {
    contents: [token, toYaml(complete)],
    ...(claims?.notAfter && {
      lifetime: { notBefore: claims.notBefore, notAfter: claims.notAfter },
    }),
    note,
  };
};

/** Returns whether the newest key of the service accounts signed a token. */
function newestKeyTest(
  { publicKeys }: ServiceAccountTokenSpec,
  artefact: ParsedArtefact,
  context: BuildContext,
): (token: string) => boolean {
  if (publicKeys === undefined) return () => true;
  const file = context.need(publicKeys, artefact);
  const id = newestKeyId(publicKeys, file, context.store);
  return (token) => readClaims(token)?.keyId === id;
}

interface Kept {
  readonly token: string;
  readonly note?: string;
}

async function keepOrMint(
  spec: ServiceAccountTokenSpec,
  artefact: ParsedArtefact,
  context: BuildContext,
  api: KubernetesApi,
  isNewest: (token: string) => boolean,
): Promise<Kept> {
  const { serviceAccount, audiences, lifetime = "" } = spec;
  const { uid } = await accountOf(api, serviceAccount);
  const wanted = milliseconds(lifetime);
  const present = context.read(artefact.path)?.toString();
  const claims = present === undefined ? undefined : readClaims(present);
  const isKept =
    present !== undefined &&
    claims !== undefined &&
    claims.accountUid === uid &&
    lifeOf(claims) <= wanted &&
    !isDue(claims, artefact, context.now) &&
    isNewest(present) &&
    (!audiences || sameItems(claims.audiences, audiences)) &&
    (await reviewToken(api, present, audiences));
  if (isKept && lifeOf(claims) === wanted) return { token: present };

  const expirationSeconds = wanted / 1000;
  const request = { audiences, expirationSeconds };
  const token = await api.serviceAccountToken(serviceAccount, request);
  const life = lifeOf(readClaims(token));
  // The API servers grant a shorter lifetime than requested, and the present token has just that.
  if (isKept && lifeOf(claims) === life) return { token: present };
  return {
    token,
    ...(life < wanted && {
      note: `the API servers limit the lifetime to ${inWords(life)} instead of ${lifetime}: see --service-account-max-token-expiration`,
    }),
  };
}

const lifeOf = (claims: TokenClaims | undefined): number =>
  claims?.notAfter
    ? claims.notAfter.getTime() - claims.notBefore.getTime()
    : Infinity;

const inWords = (life: number): string => `${life / 1000}s`;

const isDue = (
  { notBefore, notAfter }: TokenClaims,
  { renewBefore }: ParsedArtefact,
  now: Date,
): boolean =>
  notAfter !== undefined &&
  renewalTime({ notBefore, notAfter }, renewBefore) <= now;

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  [...new Set(a)].sort().join("\n") === [...new Set(b)].sort().join("\n");
