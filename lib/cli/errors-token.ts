import { lines, usage } from "./errors";
import { quoted } from "./text";

export const credentialForTerminal = (path: string) =>
  usage(
    "The credential has a private key or a token in it, so it is not printed to a terminal.",
    `A Kubernetes client runs this command itself. To use the kubeconfig: export KUBECONFIG=${quoted(path)}`,
  );

export const noKubeconfig = (path: string) =>
  lines(
    `There is no file ${path}.`,
    "Name a kubeconfig of a store, such as clusters/prod/kubeconfigs/admin.conf. A deploy makes it.",
  );

export const credentialExpired = (path: string, time: string) =>
  lines(
    `The credential in ${path} expired at ${time}.`,
    "Deploy the stack with the cluster: the deploy makes a new one.",
  );

export const unknownCredentialVersion = (
  asked: string,
  known: readonly string[],
) =>
  lines(
    `The client asks for a credential of the version ${JSON.stringify(asked)}.`,
    `Allowed is ${known.join(" or ")}. Set it in the client's configuration.`,
  );
