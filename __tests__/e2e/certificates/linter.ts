import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goCommand } from "../binaries";

/** A certificate, and its purpose. */
export interface Certificate {
  /** The path of its file. */
  readonly name: string;
  /** The certificate, and then the certificates that are served with it. */
  readonly pem: string;
  /** The CAs that its verifiers trust. */
  readonly roots: string;
  readonly usages: readonly ("any" | "clientAuth" | "serverAuth")[];
  /** The names and addresses to which clients connect. */
  readonly hosts: readonly string[];
}

export interface Finding {
  readonly name: string;
  /** A rule of zlint, or `verify` for Go's crypto/x509. */
  readonly rule: string;
  readonly detail: string;
}

/** A program that verifies certificates with Go's crypto/x509, as Kubernetes does, and lints them with zlint. */
export class Linter {
  private readonly directory = mkdtempSync(join(tmpdir(), "linter-"));
  private readonly program = join(this.directory, "lint");

  constructor() {
    goCommand()(__dirname, "build", "-o", this.program, ".");
  }

  findings(certificates: readonly Certificate[]): Finding[] {
    const { status, stdout, stderr, error } = spawnSync(this.program, {
      input: JSON.stringify(certificates),
      encoding: "utf8",
    });
    if (status !== 0) throw error ?? new Error(stderr);
    return JSON.parse(stdout) as Finding[];
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
