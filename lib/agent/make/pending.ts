import { withoutCertificateEnding } from "../../store/certificate-files";
import type { ParsedArtefact } from "../../store/artefacts";
import { bundlePem, parseCertificates } from "../../pki/certificates";
import {
  generateKey,
  keyAlgorithm,
  privatePem,
  readPrivateKey,
} from "../../pki/keys";
import { withChain, type Authority } from "../../pki/chain";
import type { BuildContext, Pair, PairText } from "./maker";
import { requestCertificate, isRequestFor } from "../../pki/x509";
import { certificateProblem, type Expectation } from "../../pki/verification";

/** What a certificate should be, and the CA that signs it. */
export type ExpectedOfAuthority = Omit<Expectation, "key"> & {
  readonly authority: Authority;
};

/** Where a key and its signing request wait: `pending/…/apiserver.csr`, `pending/kubeconfigs/admin.conf.csr`. */
export function pendingPaths(path: string) {
  const base = `pending/${withoutCertificateEnding(path)}`;
  return {
    key: `${base}.key`,
    request: `${base}.csr`,
    certificate: `${base}.crt`,
  };
}

/**
 * For an external CA: one key and one request wait beside the files in use. If the program asks for something else, the
 * request is made again; the key only if its algorithm changes. A signed certificate that fits is taken over, and the
 * wait ends.
 */
export async function waitForSignature(
  artefact: ParsedArtefact,
  expected: ExpectedOfAuthority,
  present: PairText,
  context: BuildContext,
): Promise<Pair> {
  const { spec } = expected;
  const paths = pendingPaths(artefact.path);
  const waiting = readPrivateKey(context.read(paths.key));
  const key =
    waiting && keyAlgorithm(waiting) === spec.keyAlgorithm
      ? waiting
      : await generateKey(spec.keyAlgorithm);

  const handedIn = context.read(paths.certificate);
  const certificates = parseCertificates(handedIn);
  const [facts] = certificates;
  const reason = certificateProblem(certificates, { ...expected, key });
  if (facts && reason === undefined) {
    const certificate = bundlePem(withChain(certificates, expected.authority));
    return {
      text: { certificate, key: privatePem(key) },
      certificate: facts,
      obsolete: Object.values(paths),
    };
  }
  const { key: keyPath, ...shown } = paths;
  const asked = context.read(paths.request);
  // A request for the same is kept: signing it again would change its bytes.
  const request =
    asked && isRequestFor(asked.toString(), spec, key)
      ? asked
      : Buffer.from(await requestCertificate(spec, key));
  return {
    text: present,
    extraFiles: [
      { path: keyPath, content: Buffer.from(privatePem(key)), mode: 0o600 },
      { path: paths.request, content: request, mode: 0o644 },
    ],
    pending: { ...shown, ...(handedIn && { reason }) },
  };
}
