import type { ArtefactRequest } from "../../../lib/request/artefact";
import { openssl } from "./openssl";
import { refusal, Workplace } from "./workplace";

/** A private key as OpenSSL writes it. */
export const KEYS = {
  "RSA-2048": () => openssl("genrsa", "-traditional", "2048"),
  "RSA-3072": () => openssl("genrsa", "3072"),
  "RSA-1024": () => openssl("genrsa", "1024"),
  "ECDSA-P256": () => curve("prime256v1"),
  "ECDSA-P384": () => curve("secp384r1"),
  "ECDSA-P521": () => curve("secp521r1"),
  "ECDSA-secp256k1": () => curve("secp256k1"),
  "ECDSA with explicit parameters": () =>
    curve("prime256v1", "-param_enc", "explicit"),
  Ed25519: () => openssl("genpkey", "-algorithm", "ED25519"),
  "rsa-pss": () => openssl("genpkey", "-algorithm", "RSA-PSS"),
} as const;
export type Kind = keyof typeof KEYS;

export const curve = (name: string, ...options: string[]): string =>
  openssl("ecparam", "-name", name, "-genkey", "-noout", ...options);

/** A store with these files, which the user put there before the first apply. */
export function storeWith(
  files: Readonly<Record<string, string | Buffer>>,
): Workplace {
  const place = new Workplace();
  for (const [path, content] of Object.entries(files))
    place.write(path, content, path.endsWith(".key") ? 0o600 : 0o644);
  return place;
}

/** Runs a batch that has to fail, without advice for other causes (a changed program, a lost file). */
export async function refusalOf(
  place: Workplace,
  artefact: ArtefactRequest,
): Promise<string> {
  const message = await refusal(place, [artefact]);
  expect(message).not.toMatch(/Undo the change|Restore both of its files/);
  return message;
}
