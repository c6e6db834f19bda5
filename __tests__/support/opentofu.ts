import { openTofu } from "../e2e/binaries";

// Builds OpenTofu at its first use, for machines without Terraform, and prints its folder.
console.log(openTofu((line) => process.stderr.write(`${line}\n`)));
