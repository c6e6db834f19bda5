// Reads certificates as JSON, verifies each as Kubernetes does, with Go's crypto/x509, and lints it with zlint.
// Prints the findings as JSON.
package main

import (
	stdx509 "crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

type certificate struct {
	Name string `json:"name"`
	// The certificate, and the certificates that are served with it.
	Pem string `json:"pem"`
	// The CAs that its verifiers trust.
	Roots  string   `json:"roots"`
	Usages []string `json:"usages"`
	Hosts  []string `json:"hosts"`
}

type finding struct {
	Name   string `json:"name"`
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
}

var usages = map[string]stdx509.ExtKeyUsage{
	"any":        stdx509.ExtKeyUsageAny,
	"clientAuth": stdx509.ExtKeyUsageClientAuth,
	"serverAuth": stdx509.ExtKeyUsageServerAuth,
}

// The rules for certificates of the public web are left out, because they do not apply.
var sources = lint.SourceList{
	lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC6960, lint.RFC6962, lint.RFC8813, lint.Community,
}

func main() {
	var given []certificate
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		fail(err)
	}
	rules, err := lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: sources})
	if err != nil {
		fail(err)
	}
	findings := []finding{}
	for _, one := range given {
		if err := verify(one); err != nil {
			findings = append(findings, finding{one.Name, "verify", err.Error()})
		}
		findings = append(findings, lintOf(one, rules)...)
	}
	if err := json.NewEncoder(os.Stdout).Encode(findings); err != nil {
		fail(err)
	}
}

func verify(one certificate) error {
	chain, err := parse(one.Pem)
	if err != nil {
		return err
	}
	roots, intermediates := stdx509.NewCertPool(), stdx509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(one.Roots)) {
		return errors.New("Go reads no certificate that its readers trust")
	}
	for _, certificate := range chain[1:] {
		intermediates.AddCert(certificate)
	}
	for _, usage := range one.Usages {
		options := stdx509.VerifyOptions{
			Roots:         roots,
			Intermediates: intermediates,
			KeyUsages:     []stdx509.ExtKeyUsage{usages[usage]},
		}
		if _, err := chain[0].Verify(options); err != nil {
			return fmt.Errorf("%s: %w", usage, err)
		}
	}
	for _, host := range one.Hosts {
		if err := chain[0].VerifyHostname(host); err != nil {
			return err
		}
	}
	return nil
}

func parse(text string) (chain []*stdx509.Certificate, err error) {
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		certificate, err := stdx509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		chain = append(chain, certificate)
	}
	if len(chain) == 0 {
		return nil, errors.New("there is no certificate in PEM form")
	}
	return chain, nil
}

func lintOf(one certificate, rules lint.Registry) (findings []finding) {
	block, _ := pem.Decode([]byte(one.Pem))
	if block == nil {
		return nil
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return []finding{{one.Name, "parse", err.Error()}}
	}
	for rule, result := range zlint.LintCertificateEx(parsed, rules).Results {
		if result.Status >= lint.Notice {
			findings = append(findings, finding{one.Name, rule, fmt.Sprintf("%s %s", result.Status, result.Details)})
		}
	}
	return findings
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
