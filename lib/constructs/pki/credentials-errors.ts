import { error, show } from "../errors";

export const credentialsInOwnStack = (stack: string) =>
  error(
    `Credentials were asked for in ${show(stack)}, the stack of the cluster itself.`,
    "Allowed is another stack: Terraform starts the providers of a stack before it makes anything in it, and nothing answers then.",
    "Put the provider and its resources into a second stack, and pass that one. It is deployed after this one.",
  );

export const noEmbeddedCredential = (id: string) =>
  error(
    `The kubeconfig ${show(id)} has no credential of its own: it refers to files or to a command on the machine where it is used.`,
    "Allowed is a kubeconfig with a certificate or a token in it.",
    "Configure the provider with configPath: kubeconfig.path instead, or give the kubeconfig a certificate.",
  );
