import type { CertificateSpec } from "../../render/specs";
import type { ParsedArtefact } from "../../store/artefacts";
import { authorityProblem } from "../../pki/authority-problem";
import { readAuthority } from "./authority-files";
import { bundlePem, parseCertificates } from "../../pki/certificates";
import { signersProblem, withChain } from "../../pki/chain";
import { canonicalName } from "../../pki/der";
import { rfc3339 } from "../../base/duration";
import { invalidRequest } from "../../base/errors";
import {
  expiredIssuer,
  forbiddenByAuthority,
  unusableIssuer,
  foreignCertificate,
} from "./errors";
import { notYetValid } from "../../pki/errors-supplied";
import {
  generateKey,
  isEncrypted,
  NO_PRIVATE_KEY,
  privatePem,
  readPrivateKey,
} from "../../pki/keys";
import {
  pendingPaths,
  waitForSignature,
  type ExpectedOfAuthority,
} from "./pending";
import { issueCertificate } from "../../pki/x509";
import type { BuildContext, Pair, PairText } from "./maker";
import {
  usabilityProblem,
  certificateProblem,
  NO_CERTIFICATE,
} from "../../pki/verification";

/** Keeps the present pair if it is what is wanted. Otherwise makes a new one, or requests a signature. */
export async function keepOrMakePair(
  artefact: ParsedArtefact,
  spec: CertificateSpec,
  present: PairText,
  context: BuildContext,
): Promise<Pair> {
  const { authority, key: issuerKey } = readIssuer(artefact, context);
  const [issuer] = authority.chain;
  const expected: ExpectedOfAuthority = {
    spec,
    issuer,
    authority,
    renewBefore: artefact.renewBefore,
    now: context.now,
    signedElsewhere: issuerKey === undefined,
  };
  const certificates = parseCertificates(present.certificate);
  const [facts, ...behind] = certificates;
  const presentKey = readPrivateKey(present.key);
  const reason = certificateProblem(certificates, {
    ...expected,
    key: presentKey,
  });
  const stamp = context.store.stamp(artefact.path);
  const asked = stamp?.renewal?.certificate;
  // Once another certificate is in its place, the renewal is done.
  const replaces = asked === facts?.x509.fingerprint256 ? asked : undefined;
  // A plan from before somebody asked for the renewal has the token of the stamp. It does not show the renewal.
  const isRenewed = replaces !== undefined && artefact.intact !== stamp?.token;
  if (facts && reason === undefined && !isRenewed) {
    const waited = Object.values(pendingPaths(artefact.path)).filter((path) =>
      context.read(path),
    );
    const certificate = bundlePem(withChain(certificates, authority));
    return {
      text: { ...present, certificate },
      certificate: facts,
      obsolete: waited,
      replaces,
    };
  }
  const shown = context.store.shown(artefact.issuer?.certificate);
  const excluded = signersProblem([issuer], {
    names: (spec.names ?? []).map(canonicalName),
    usages: spec.usages ?? [],
  });
  if (excluded) throw forbiddenByAuthority(shown, artefact.purpose, excluded);
  if (issuerKey === undefined) {
    const made = await waitForSignature(artefact, expected, present, context);
    return made.pending ? { ...made, replaces } : made;
  }
  // A foreign certificate would be lost. It is ours if it has a stamp, or if our CA signed it.
  if (facts && !facts.x509.verify(issuer.x509.publicKey) && !stamp)
    throw foreignCertificate(
      context.store.shown(artefact.path),
      String(reason),
    );
  if (issuer.notAfter <= context.now)
    throw expiredIssuer(shown, rfc3339(issuer.notAfter));
  if (issuer.notBefore > context.now)
    throw notYetValid(shown, rfc3339(issuer.notBefore), rfc3339(context.now));
  const key = await generateKey(spec.keyAlgorithm);
  const certificate = await issueCertificate(
    spec,
    key,
    { certificate: issuer.x509, key: issuerKey },
    context.now,
  );
  const made = parseCertificates(certificate);
  const damaged =
    present.certificate !== undefined && stamp
      ? usabilityProblem(
          facts,
          { key: presentKey, issuer, authority, now: context.now },
          behind,
        )
      : undefined;
  return {
    text: {
      certificate: bundlePem(withChain(made, authority)),
      key: privatePem(key),
    },
    certificate: made[0],
    ...(damaged && { note: `made again: ${damaged}` }),
  };
}

/** The CA that signs, and its key unless the CA is external. */
function readIssuer(artefact: ParsedArtefact, context: BuildContext) {
  const { issuer } = artefact;
  if (issuer === undefined)
    throw invalidRequest(`${artefact.purpose} has no issuer`);
  const shown = context.store.shown(issuer.certificate);
  const found = readAuthority(issuer.certificate, artefact, context);
  const [facts] = found.chain;
  // The previous generation of a CA is trusted, but a certificate that it signed is made again.
  const authority = found.cross ? { ...found, trusted: [facts] } : found;
  const problem =
    facts === undefined ? NO_CERTIFICATE : authorityProblem(facts);
  if (problem !== undefined) throw unusableIssuer(shown, problem);
  if (issuer.key === undefined) return { authority };

  const keyPem = context.need(issuer.key, artefact);
  const key = readPrivateKey(keyPem);
  if (key === undefined)
    throw unusableIssuer(
      context.store.shown(issuer.key),
      isEncrypted(keyPem) ? "it has a passphrase" : NO_PRIVATE_KEY,
    );
  if (!facts.x509.checkPrivateKey(key))
    throw unusableIssuer(
      shown,
      `${context.store.shown(issuer.key)} does not match it`,
    );
  return { authority, key };
}
