import type { KeyObject } from "node:crypto";
import type { ParsedArtefact } from "../../store/artefacts";
import { bundlePem, parseCertificates } from "../../pki/certificates";
import {
  generateKey,
  keyAlgorithm,
  privatePem,
  readPrivateKey,
} from "../../pki/keys";
import { withChain, type Authority } from "../../pki/chain";
import type { Pair, PairText } from "./pair-types";
import type { BuildContext } from "./maker";
import { requestCertificate, isRequestFor } from "../../pki/x509";
import { certificateProblem, type Expectation } from "../../pki/verification";

/** What a certificate should be, and the CA that signs it. */
export type ExpectedOfAuthority = Omit<Expectation, "key"> & {
  readonly authority: Authority;
};

interface PendingPaths {
  readonly key: string;
  readonly request: string;
  readonly certificate: string;
}

/** Where a key and its signing request wait: `pending/…/apiserver.csr`, `pending/kubeconfigs/admin.conf.csr`. */
export function pendingPaths(path: string): PendingPaths {
  const base = `pending/${path.replace(/\.(crt|pem|cer)$/, "")}`;
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
  present: Partial<PairText>,
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
    return {
      certificate: bundlePem(withChain(certificates, expected.authority)),
      key: privatePem(key),
      facts,
      obsolete: Object.values(paths),
    };
  }
  const { key: keyPath, ...shown } = paths;
  return {
    ...present,
    extraFiles: [
      { path: keyPath, content: Buffer.from(privatePem(key)), mode: 0o600 },
      {
        path: paths.request,
        content: await request(paths.request, expected, key, context),
        mode: 0o644,
      },
    ],
    pending: { ...shown, ...(handedIn && { reason }) },
  };
}

/** Keeps the present request if it asks for the same: signing it again would change its bytes. */
async function request(
  path: string,
  { spec }: Omit<Expectation, "key">,
  key: KeyObject,
  context: BuildContext,
): Promise<Buffer> {
  const present = context.read(path);
  if (present && isRequestFor(present.toString(), spec, key)) return present;
  return Buffer.from(await requestCertificate(spec, key));
}
