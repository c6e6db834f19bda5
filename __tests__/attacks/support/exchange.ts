import { createHash } from "node:crypto";
import { openssl } from "../../agent/support/openssl";
import { STORE } from "../../support/cluster";
import type { Deployment } from "../../support/terraform";
import type { Run } from "../../support/terraform-run";

/** Writes a private key. */
export function makeKey(file: string): void {
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file);
}

/** Writes another CA with the same name to these files. */
export function foreignAuthority(certificate: string, key: string): void {
  openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "3650",
    "-subj",
    "/CN=kubernetes",
    "-keyout",
    key,
    "-out",
    certificate,
  );
}

/** Makes the stamp claim that the present files are those that were made. */
export function restamp(
  deployment: Deployment,
  files: readonly string[],
): void {
  const stamp = `${STORE}/.stamps/${files[0]}.json`;
  const sha256 = files
    .map((file) => hashOf(deployment, `${STORE}/${file}`))
    .join(" ");
  const known = JSON.parse(deployment.read(stamp));
  deployment.write(stamp, JSON.stringify({ ...known, sha256 }));
}

export const hashOf = (deployment: Deployment, path: string): string =>
  createHash("sha256").update(deployment.read(path)).digest("hex");

export function exchangeAuthority(
  deployment: Deployment,
  path = "pki/ca",
): void {
  const [certificate, key] = [`${path}.crt`, `${path}.key`];
  foreignAuthority(
    deployment.path(STORE, certificate),
    deployment.path(STORE, key),
  );
  restamp(deployment, [certificate, key]);
}

export function expectRefused(run: Run, ...files: string[]): void {
  expect(run.ok).toBe(false);
  for (const file of files)
    expect(run.errors.join("\n")).toMatch(
      new RegExp(
        `${STORE}/${file}, of the .*, differs from the hash in Terraform's state`,
      ),
    );
  expect(run.errors.join("\n")).toMatch(/Restore the store from its backup/);
  expect(run.errors.join("\n")).toMatch(/-replace=terraform_data\.\S*anchor/);
  expect(run.lines).toEqual([]);
}
