import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goCommand } from "../binaries";

/** A certificate, and what it has to be good for. */
export interface Certificate {
  /** Its file. */
  readonly name: string;
  /** With the certificates that it is served with after it. */
  readonly pem: string;
  /** Whom its readers trust. */
  readonly roots: string;
  readonly usages: readonly ("any" | "clientAuth" | "serverAuth")[];
  /** Names and addresses under which it is called. */
  readonly hosts: readonly string[];
}

export interface Finding {
  readonly name: string;
  /** One of zlint's, or `verify` of Go's crypto/x509. */
  readonly rule: string;
  readonly detail: string;
}

/** Go's crypto/x509, as Kubernetes verifies, and zlint, in one program. */
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
