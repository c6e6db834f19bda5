import { openTofu } from "../e2e/binaries";

// Prints the folder of OpenTofu, for machines that have no Terraform.
console.log(openTofu((line) => process.stderr.write(`${line}\n`)));
