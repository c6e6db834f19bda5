import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface GoCase {
  /** The trusted CAs in PEM, as in a component's `--client-ca-file`. */
  readonly trusted: string;
  /** The certificates that the other side sends, in PEM, its own first. */
  readonly served: string;
  readonly usage: "server" | "client";
}

const PROGRAM = `package main

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
)

type test struct{ Trusted, Served, Usage string }

func parse(text string) (all []*x509.Certificate, err error) {
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all, nil
		}
		one, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
}

func verify(t test) error {
	trusted, err := parse(t.Trusted)
	if err != nil {
		return err
	}
	served, err := parse(t.Served)
	if err != nil {
		return err
	}
	if len(served) == 0 {
		return nil
	}
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	options.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if t.Usage == "client" {
		options.KeyUsages[0] = x509.ExtKeyUsageClientAuth
	}
	for _, one := range trusted {
		options.Roots.AddCert(one)
	}
	for _, one := range served[1:] {
		options.Intermediates.AddCert(one)
	}
	_, err = served[0].Verify(options)
	return err
}

func main() {
	var tests []test
	if err := json.NewDecoder(os.Stdin).Decode(&tests); err != nil {
		panic(err)
	}
	answers := []string{}
	for _, t := range tests {
		answer := "trusted"
		if err := verify(t); err != nil {
			answer = err.Error()
		}
		answers = append(answers, answer)
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
`;

let program: string | undefined;

/** Verifies with Go's library, as every component of Kubernetes does. Returns `trusted` or the error for each case. */
export function goVerify(cases: readonly GoCase[]): string[] {
  program ??= build();
  const answers = execFileSync(program, {
    input: JSON.stringify(
      cases.map(({ trusted, served, usage }) => ({
        Trusted: trusted,
        Served: served,
        Usage: usage,
      })),
    ),
    encoding: "utf8",
  });
  return JSON.parse(answers) as string[];
}

function build(): string {
  const folder = mkdtempSync(join(tmpdir(), "go-verify-"));
  writeFileSync(join(folder, "main.go"), PROGRAM);
  writeFileSync(join(folder, "go.mod"), "module verify\n\ngo 1.23\n");
  execFileSync("go", ["build", "-o", "verify", "."], {
    cwd: folder,
    stdio: "pipe",
  });
  return join(folder, "verify");
}
