import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Another implementation's view of what was made. */
export function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export function temporaryFile(content: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), "pem-")), "file.pem");
  writeFileSync(path, content);
  return path;
}

export const textOf = (pem: string): string =>
  openssl("x509", "-in", temporaryFile(pem), "-noout", "-text");

export function verify(
  certificate: string,
  authority: string,
  purpose: "sslserver" | "sslclient",
): void {
  openssl(
    "verify",
    "-x509_strict",
    "-purpose",
    purpose,
    "-CAfile",
    temporaryFile(authority),
    temporaryFile(certificate),
  );
}
