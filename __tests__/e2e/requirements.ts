import {
  missingPrograms,
  failOnProblems,
  runs,
  TERRAFORM,
  type Requirement,
} from "../support/requirements";
import { CONTROL_GROUPS } from "./lab/control-groups";

/** What must be on this machine, and what for. */
const PROGRAMS: readonly Requirement[] = [
  TERRAFORM,
  ["ip -V", "makes networks (iproute2)"],
  ["unshare --version", "makes machines (util-linux)"],
  ["nsenter --version", "runs processes on them (util-linux)"],
  ["setpriv --version", "ends processes with the test (util-linux)"],
  ["curl --version", "asks the probes"],
  ["hostname --version", "names machines"],
  ["diff --version", "compares objects"],
  ["openssl version", "verifies certificates"],
  ["debootstrap --version", "installs hosts (debootstrap)"],
  ["systemd-nspawn --version", "boots hosts (systemd-container)"],
  ["ssh -V", "reaches hosts (openssh-client)"],
  ["sysctl --version", "lets networks route (procps)"],
  ["haproxy -v", "balances over API servers (haproxy)"],
  ["keepalived --version", "moves a virtual IP (keepalived)"],
];

/** Fails with everything that is missing, before anything is begun. */
export function checkRequirements(): void {
  const problems = missingPrograms(PROGRAMS);
  if (process.platform !== "linux")
    problems.push(`namespaces are Linux': this is ${process.platform}`);
  else if (process.getuid?.() !== 0)
    problems.push("namespaces need root: run it as root");
  else if (!runs("unshare --mount --net --uts true"))
    problems.push(
      "namespaces cannot be made: inside a container it has to be a privileged one",
    );
  if (CONTROL_GROUPS.length === 0)
    problems.push(
      "control groups of version 1 are not mounted: hosts have them for their pods",
    );
  failOnProblems("The end-to-end tests", problems);
}
