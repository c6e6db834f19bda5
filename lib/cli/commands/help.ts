export const HELP = `Kubernetes control planes with cdktf and Terraform.

  cdktf-control-plane deploy [stack…]             create or change what the app in this folder describes
  cdktf-control-plane preview [stack…] [--json]   show, step by step, what a deploy would do on the hosts; changes nothing there
  cdktf-control-plane destroy [stack…]            remove what the app describes; keeps the certificate authorities
  cdktf-control-plane check [store…] [--json]     compare hosts with their node trees; the next deploy repairs differences
  cdktf-control-plane inspect [store…] [--json]   list every certificate: purpose, issuer, expiry
  cdktf-control-plane teardown <store>            remove a cluster that was deleted from the program

  --help, --version

deploy, preview and destroy read the command that runs the app from cdktf.json. deploy asks before it destroys or
replaces a resource that is not this library's; without a terminal it needs --allow-destroy. destroy does not ask.
To use another Terraform, such as tofu, set TERRAFORM_BINARY_NAME.

Exit codes   1                                        2
  inspect    a certificate is due                     a certificate is broken
  check      a host was not reached or never set up   a host differs
  preview    the hosts could not be examined          a rollout would stop before everything is done`;
