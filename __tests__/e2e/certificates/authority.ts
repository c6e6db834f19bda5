import { execFileSync } from "node:child_process";
import type { Deployment } from "../../support/terraform";

export function openssl(
  deployment: Deployment,
  ...args: readonly string[]
): string {
  return execFileSync("openssl", args, {
    cwd: deployment.directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Makes a CA of the user's, with all recommended extensions. */
export function makeAuthority(
  deployment: Deployment,
  subject: string,
  key: readonly string[],
  folder = ".",
): void {
  execFileSync("mkdir", ["-p", deployment.path(folder)]);
  openssl(
    deployment,
    "req",
    "-x509",
    "-utf8",
    "-newkey",
    ...key,
    "-nodes",
    "-days",
    "3650",
    "-subj",
    subject,
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
    "-keyout",
    `${folder}/ca.key`,
    "-out",
    `${folder}/ca.crt`,
  );
}
