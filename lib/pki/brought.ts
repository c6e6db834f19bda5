import type { KeyObject } from "node:crypto";
import { authorityProblem } from "./authority-problem";
import { readBundle, type Bundle, type PemBlock } from "./bundle";
import type { CertificateFacts } from "./certificates";
import { orderProblem } from "./chain";
import { nameText } from "./distinguished-name";
import { readPrivateKey } from "./keys";
import { NO_CERTIFICATE } from "./verification";

/**
 * Why the file of an authority that somebody brought cannot be used: it holds the certificate that signs first, then as
 * many as are known of those that signed it, each the one before.
 */
export function broughtProblem(
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
      ? `its certificates are not in order: ${nameText(own.subjectDer)}, which the key is of, has to come first`
      : "its key does not fit";
  }
  const problems = above.map((each) => {
    const problem = authorityProblem(each);
    return problem && `of ${nameText(each.subjectDer)} in it: ${problem}`;
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
    return "it is neither PEM nor a certificate in DER; convert what is in another form, such as .p12, to PEM";
  return others.length > 0
    ? `it holds ${others.map(({ label }) => label).join(", ")} and no certificate`
    : NO_CERTIFICATE;
}

function bundleOf(file: Buffer): Bundle {
  try {
    return readBundle(file);
  } catch {
    return { certificates: [], others: [] };
  }
}

const keysIn = (file: Buffer): readonly PemBlock[] =>
  bundleOf(file).others.filter(({ label }) => label.endsWith("PRIVATE KEY"));

/** Whether a private key is in the same file as a certificate. It stays out of whatever is made from that file. */
export const holdsKey = (file: Buffer): boolean => keysIn(file).length > 0;

/** Why a key in the file of a certificate cannot be left out when that file is written anew: it may be nowhere else. */
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
    : "it holds a private key that is not its own, or that cannot be read, and that would be lost: move that key to another file";
}
