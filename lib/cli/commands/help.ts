export const HELP = `Kubernetes control planes with cdktf and Terraform.

  cdktf-control-plane deploy [stack…]             make or change what the app in this folder describes
  cdktf-control-plane preview [stack…] [--json]   show what a deploy would do on the hosts, step by step; nothing is changed there
  cdktf-control-plane destroy [stack…]            remove it; certificate authorities are kept
  cdktf-control-plane check [store…] [--json]     compare hosts with what was made for them; deploy repairs what differs
  cdktf-control-plane inspect [store…] [--json]   every certificate: what for, by whom, until when
  cdktf-control-plane teardown <store>            remove a cluster that was deleted from the program

  --help, --version

deploy, preview and destroy read the command of the app from cdktf.json. deploy asks before it destroys or replaces a
resource that is not this library's; where nobody can answer it needs --allow-destroy. destroy asks nothing.
TERRAFORM_BINARY_NAME names another Terraform, such as tofu. inspect ends with 1 where a certificate is due, with 2 where one is broken;
check with 1 where a host was not reached, with 2 where one differs;
preview with 1 where the hosts could not be looked at, with 2 where a rollout would stop before all is done.`;
