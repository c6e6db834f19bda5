export const HELP = `Kubernetes control planes with cdktf and Terraform.

  cdktf-control-plane deploy [stack…]             make or change what the app in this folder describes
  cdktf-control-plane destroy [stack…]            remove it; certificate authorities are kept
  cdktf-control-plane check [store…] [--json]     compare hosts with what was made for them; deploy repairs what differs
  cdktf-control-plane inspect [store…] [--json]   every certificate: what for, by whom, until when
  cdktf-control-plane teardown <store>            remove a cluster that was deleted from the program

  --help, --version

deploy and destroy read the command of the app from cdktf.json and ask nothing. TERRAFORM_BINARY_NAME names
another Terraform, such as tofu. inspect ends with 1 where a certificate is due, with 2 where one is broken;
check with 1 where a host was not reached, with 2 where one differs.`;
