import { execFileSync } from "node:child_process";
import { temporaryFile } from "./temporary-file";

/** Another implementation, to verify what was made. */
export function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export { temporaryFile };

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
