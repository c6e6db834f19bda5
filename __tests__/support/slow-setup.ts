import { execFileSync } from "node:child_process";
import { join } from "node:path";
import bundle from "./global-setup";
import {
  missingPrograms,
  failOnProblems,
  TERRAFORM,
  type Requirement,
} from "./requirements";

/** The programs that the slow tests run besides Node, each with its Debian package. */
const PROGRAMS: readonly Requirement[] = [
  TERRAFORM,
  ["npm --version", "installs the package (npm)"],
  ["bash -c :", "runs the scripts for hosts"],
  ["busybox true", "runs the scripts with a minimal shell (busybox-static)"],
  ["openssl version", "makes and checks certificates (openssl)"],
  ["fish --version", "is the login shell of a user, and completes (fish)"],
  ["tcsh --version", "is the login shell of a user (tcsh)"],
  ["test -x /bin/bsd-csh", "is the login shell of a user (csh)"],
  ["zsh --version", "is the login shell of a user, and completes (zsh)"],
  ["ssh -V", "connects to hosts (openssh-client)"],
  ["test -x /usr/sbin/sshd", "accepts the connections (openssh-server)"],
  ["sudo -V", "becomes root on hosts (sudo)"],
  ["useradd --help", "creates users (passwd)"],
  ["unshare --version", "gives a test its own mounts (util-linux)"],
  ["setpriv --version", "becomes other users (util-linux)"],
  ["ip -V", "creates network interfaces (iproute2)"],
  ["ps --version", "shows processes (procps)"],
  ["git --version", "stages files (git)"],
  ["go version", "builds providers and verifies certificates (golang-go)"],
  ["python3 --version", "calls systemd's libraries (python3)"],
  ["chromium --version", "opens pages and pictures (chromium)"],
  ["dot -V", "draws pictures in its language (graphviz)"],
  ["systemd-analyze --version", "verifies units (systemd)"],
  ["containerd --version", "stores images (containerd)"],
  ["ctr --version", "lists images (containerd)"],
  ["/usr/sbin/haproxy -v", "checks its configuration (haproxy)"],
  ["/usr/sbin/keepalived --version", "checks its configuration (keepalived)"],
];

export default function setup(): void {
  const problems = missingPrograms(PROGRAMS);
  if (process.platform !== "linux")
    problems.push(`hosts run Linux, but this is ${process.platform}`);
  else if (process.getuid?.() !== 0)
    problems.push("tests act as other users: run them as root");
  failOnProblems("The slow tests", problems);
  bundle();
  execFileSync("node", [join(__dirname, "library.mjs")]);
}
