import type { KeyObject } from "node:crypto";
import { orUndefined } from "../base/files";
import { authorityProblem } from "./authority-problem";
import { readBundle, type Bundle, type PemBlock } from "./bundle";
import type { CertificateFacts } from "./certificates";
import { orderProblem } from "./chain";
import { nameText } from "./distinguished-name";
import { readPrivateKey } from "./keys";
import { NO_CERTIFICATE } from "./verification";

/**
 * Why the certificate file of a CA that a user supplied cannot be used; `undefined` if it can. It has to hold the CA's
 * certificate first, and behind it as many as are known of the CAs above, each of which signed the one before.
 */
export function suppliedFileProblem(
  file: Buffer,
  chain: readonly CertificateFacts[],
  key?: KeyObject,
): string | undefined {
  const [found, ...above] = chain;
  if (found === undefined) return unreadable(file);
  const fits = (one: CertificateFacts): boolean =>
    key === undefined || one.x509.checkPrivateKey(key);
  if (!fits(found)) {
    const own = above.find(fits);
    return own
      ? `its certificates are not in order: ${nameText(own.subjectDer)}, to which the key belongs, has to come first`
      : "its key does not belong to it";
  }
  const problems = above.map((each) => {
    const problem = authorityProblem(each);
    return problem && `of its ${nameText(each.subjectDer)}, ${problem}`;
  });
  return (
    authorityProblem(found) ??
    orderProblem(chain) ??
    problems.find((problem) => problem !== undefined)
  );
}

function unreadable(file: Buffer): string {
  const { certificates, others } = bundleOf(file);
  if (/-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/.test(file.toString()))
    return "a certificate in it cannot be read";
  if (certificates.length > 0)
    return "it is neither PEM nor a certificate in DER; convert a file in another format, such as .p12, to PEM";
  return others.length > 0
    ? `it holds ${others.map(({ label }) => label).join(", ")} and no certificate`
    : NO_CERTIFICATE;
}

const bundleOf = (file: Buffer): Bundle =>
  orUndefined(() => readBundle(file)) ?? { certificates: [], others: [] };

const keysIn = (file: Buffer): readonly PemBlock[] =>
  bundleOf(file).others.filter(({ label }) => label.endsWith("PRIVATE KEY"));

/** Whether a certificate file also contains a private key. The key is left out of all files made from that file. */
export const holdsKey = (file: Buffer): boolean => keysIn(file).length > 0;

/** Why a key in a certificate file cannot be left out when that file is written again: this may be its only copy. */
export function keyInsideProblem(
  file: Buffer,
  { x509 }: CertificateFacts,
): string | undefined {
  const isKnown = ({ text }: PemBlock): boolean => {
    const key = readPrivateKey(text);
    return key !== undefined && x509.checkPrivateKey(key);
  };
  return keysIn(file).every(isKnown)
    ? undefined
    : "it contains a private key that cannot be read or belongs to another certificate, and that key would be lost: move it to another file";
}
