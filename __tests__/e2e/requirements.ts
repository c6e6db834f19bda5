import {
  missingPrograms,
  failOnProblems,
  runs,
  TERRAFORM,
  type Requirement,
} from "../support/requirements";
import { CONTROL_GROUPS } from "./lab/control-groups";

/** The programs that this machine must have, and their purposes. */
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

/** Fails before the first test with a list of everything that is missing. */
export function checkRequirements(): void {
  const problems = missingPrograms(PROGRAMS);
  if (process.platform !== "linux")
    problems.push(`namespaces are Linux': this is ${process.platform}`);
  else if (process.getuid?.() !== 0)
    problems.push("namespaces need root: run it as root");
  else if (!runs("unshare --mount --net --uts true"))
    problems.push(
      "namespaces cannot be created: if this is a container, it must be privileged",
    );
  if (CONTROL_GROUPS.length === 0)
    problems.push(
      "control groups of version 1 are not mounted, which hosts need for their pods",
    );
  failOnProblems("The end-to-end tests", problems);
}
