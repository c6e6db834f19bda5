import { error, show } from "../errors";

/** Errors about how components are run: what was given, what is allowed, what to do. */

export const invalidRunner = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not the name of a user that can run units.`,
    "Allowed are a lower case letter or _, then at most 31 of lower case letters, digits, _ and -; a literal.",
    'Write "kubernetes" or "root", for example.',
  );

export const hiddenDirectory = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is where a unit sees nothing of what is there.`,
    "Allowed is any other place than below /home, /root, /run/user, /tmp and /var/tmp, which units are kept from.",
    'Write "/usr/local/k8s/bin" or "/var/lib/etcd", for example.',
  );

export const sharedDirectory = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a directory of its own: it would be given to one user, with all that others have there.`,
    "Allowed is a directory that nothing else of the machine uses.",
    `Write ${show(`${given.replace(/\/$/, "")}/kubernetes`)}, for example.`,
  );

export const directoryInLogs = (
  component: string,
  given: string,
  logDirectory: string,
) =>
  error(
    `${component} would write to ${show(given)}, which is in logDirectory ${show(logDirectory)}: that is root's alone.`,
    "Allowed is a directory elsewhere.",
    `Write ${show(`${logDirectory}-${component}`)}, for example.`,
  );

export const volumesWithoutPods = (group: string, volumes: readonly string[]) =>
  error(
    `${group}.extraVolumes has ${volumes.join(", ")}, but with Runtime.systemd() there are no pods that would mount them.`,
    "A unit sees the paths of its machine as they are.",
    "Leave extraVolumes out, and name the machine's own paths in extraArgs.",
  );

export const invalidVariable = (group: string, name: string) =>
  error(
    `${group}.extraEnvs has ${show(name)}, which systemd doesn't take for a variable.`,
    "Allowed are letters, digits and _, a letter or _ first.",
    'Write { name: "HTTPS_PROXY", value: … }, for example.',
  );

export const variableFromPod = (group: string, name: string) =>
  error(
    `${group}.extraEnvs has ${name} with valueFrom, but with Runtime.systemd() there are no pods that it could be taken from.`,
    "Allowed is value.",
    `Write { name: ${show(name)}, value: … }.`,
  );

export const etcdWithoutUnits = () =>
  error(
    "Etcd.dedicated() has a runtime other than Runtime.systemd().",
    "Allowed are units: a host that runs nothing but etcd has no kubelet for pods.",
    "Write runtime: Runtime.systemd(), or leave it out.",
  );

export const noEtcdNodes = () =>
  error(
    "Etcd.dedicated() has no nodes.",
    "Allowed is at least one host; three keep working when one is lost.",
    'Write nodes: [{ name: "etcd-1", address: "10.0.0.21", access: … }], or Etcd.stacked().',
  );

export const noEtcdLeft = () =>
  error(
    "All nodes of etcd have retire: true.",
    "Allowed is that at least one of them stays: they hold the state of the cluster.",
    "Leave retire out of one of them; to remove the cluster, destroy it.",
  );

export const invalidEtcdVersion = (given: string) =>
  error(
    `The version ${show(given)} of etcd is not a release.`,
    "Allowed are releases of etcd 3: 3.6.8, with or without a leading v; a literal.",
    "Write what `etcd --version` says, or leave it out.",
  );

/** @param what `apiServer.extraArgs has --v` */
export const nulInValue = (what: string, value: string) =>
  error(
    `${what} with the value ${show(value)}, which holds the character NUL.`,
    "Allowed is any text without it: no program can be given it in a flag or a variable.",
    "Remove it.",
  );

export const wordTooLong = (what: string, bytes: number) =>
  error(
    `${what} with ${Math.ceil(bytes / 1024)} KiB.`,
    "Allowed are less than 128 KiB: Linux starts no program with a longer flag or variable.",
    "Write it to a file of the node, with files, and name that file, where the program can read one.",
  );

const NO_CONTROLS =
  "Allowed are all characters but control characters; tabs and line breaks (\\n) are allowed as well. Older versions of systemd would ignore all flags of kubelet because of another one.";
const WITHOUT_CONTROLS =
  "Remove it, or set the field of kubelet.config that the flag stands for.";

export const controlInKubeletFlag = (
  where: string,
  flag: string,
  value: string,
) =>
  error(
    `${where} has --${flag} with the value ${show(value)}, which holds a control character.`,
    NO_CONTROLS,
    WITHOUT_CONTROLS,
  );

/** What Terraform says where a value is known only at apply. */
export const controlInLateFlag = (node: string): string =>
  `A flag of kubelet on ${node} has a value with a control character. ${NO_CONTROLS} ${WITHOUT_CONTROLS}`;

export const noListFlag = (
  where: string,
  flag: string,
  component: string,
  known: readonly string[],
) =>
  error(
    `${where} has --${flag}, which is no list of ${component} that has a default.`,
    known.length > 0
      ? `Allowed are ${known.map((each) => `--${each}`).join(", ")}.`
      : `Allowed is nothing: ${component} has no such flag.`,
    "Set it in extraArgs.",
  );

export const unknownAcceptedFlag = (given: string, known: readonly string[]) =>
  error(
    `acceptedFlags has ${show(given)}, which no warning names.`,
    known.length > 0
      ? `Allowed are ${known.map((each) => show(each)).join(", ")}.`
      : 'Allowed are a component and a flag of it, as warnings name them: "kube-apiserver --profiling".',
    "Copy it from the warning, or remove it.",
  );
