import type { KeyObject } from "node:crypto";
import type { KeyPairSpec } from "../../render/specs";
import { unusablePublicKeys } from "../../pki/errors-supplied";
import {
  generateKey,
  isTokenKey,
  keyAlgorithm,
  privatePem,
  publicDer,
  publicPem,
  readPublicKeys,
} from "../../pki/keys";
import { permanentKey } from "./authority";
import type { Maker, BuildContext } from "./maker";
import { fromYaml } from "../../base/yaml";

/** Makes the service account key pair. The public key is derived from the private one. */
export const makeKeyPair: Maker = async (artefact, context) => {
  const spec = fromYaml(artefact.spec) as KeyPairSpec;
  const [keyPath, publicPath] = artefact.files.map(({ path }) => path);
  const present = permanentKey(artefact, keyPath, spec.keyAlgorithm, context);
  // Behind its own public key stand those of the previous generation, because tokens that it signed stay valid.
  const previous = spec.previous
    ? context.need(spec.previous, artefact).toString()
    : "";
  if (present === undefined) {
    const key = await generateKey(spec.keyAlgorithm);
    return { contents: [privatePem(key), publicPem(key) + previous] };
  }
  const { pem, brought, key } = present;
  const isLater = previous !== "" || spec.trustPrevious === false;
  return {
    contents: [
      pem,
      isLater
        ? publicPem(key) + previous
        : publicKeys(publicPath, keyPath, present, context),
    ],
    brought,
  };
};

/**
 * The existing public keys, because after a rotation, tokens that an earlier key signed are still in use. If there are
 * none, the public half of the private key.
 */
function publicKeys(
  path: string,
  keyPath: string,
  { key, brought }: { readonly key: KeyObject; readonly brought: boolean },
  context: BuildContext,
): Buffer | string {
  const present = context.read(path);
  const isText = present?.includes("-----BEGIN ");
  // Public keys that the user brought in another form would be lost.
  const isOurs = !brought || present?.toString().trim() === "";
  if (present === undefined || (!isText && isOurs)) return publicPem(key);
  const problem = isText
    ? publicKeysProblem(present, key)
    : "it holds no key in PEM form";
  if (problem === undefined) return present;
  const [shown, shownKey] = [path, keyPath].map((one) =>
    context.store.shown(one),
  );
  throw unusablePublicKeys(shown, problem, shownKey);
}

function publicKeysProblem(pem: Buffer, own: KeyObject): string | undefined {
  const found = readPublicKeys(pem);
  if ("problem" in found) return found.problem;
  const unread = found.keys
    .map(keyAlgorithm)
    .find((kind) => !isTokenKey(kind) && kind !== keyAlgorithm(own));
  if (unread)
    return `it holds a key of the kind ${unread}, which Kubernetes does not read`;
  return found.keys.some((one) => publicDer(one).equals(publicDer(own)))
    ? undefined
    : "it lacks the public half of the private key, so no token that this key signs would be valid";
}
