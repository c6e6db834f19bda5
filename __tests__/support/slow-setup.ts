import bundle from "./global-setup";
import {
  missing,
  refuseWithout,
  TERRAFORM,
  type Requirement,
} from "./requirements";

/** What the slow tests run besides Node, by the package of Debian's that brings it. */
const PROGRAMS: readonly Requirement[] = [
  TERRAFORM,
  ["npm --version", "installs the package (npm)"],
  ["bash -c :", "runs scripts of hosts"],
  ["busybox true", "runs scripts as a small host does (busybox-static)"],
  ["openssl version", "makes and checks certificates (openssl)"],
  ["ssh -V", "reaches hosts (openssh-client)"],
  ["test -x /usr/sbin/sshd", "is what is reached (openssh-server)"],
  ["sudo -V", "becomes root on hosts (sudo)"],
  ["useradd --help", "makes other users (passwd)"],
  ["unshare --version", "gives a test mounts of its own (util-linux)"],
  ["setpriv --version", "becomes other users (util-linux)"],
  ["ip -V", "makes network interfaces (iproute2)"],
  ["ps --version", "shows processes (procps)"],
  ["git --version", "stages files (git)"],
  ["go version", "builds providers and verifies certificates (golang-go)"],
  ["python3 --version", "asks systemd's libraries (python3)"],
  ["systemd-analyze --version", "verifies units (systemd)"],
  ["containerd --version", "holds images (containerd)"],
  ["ctr --version", "lists images (containerd)"],
  ["/usr/sbin/haproxy -v", "checks its configuration (haproxy)"],
  ["/usr/sbin/keepalived --version", "checks its configuration (keepalived)"],
];

export default function setup(): void {
  const problems = missing(PROGRAMS);
  if (process.platform !== "linux")
    problems.push(`hosts are Linux': this is ${process.platform}`);
  else if (process.getuid?.() !== 0)
    problems.push("tests act as other users: run them as root");
  refuseWithout("The slow tests", problems);
  bundle();
}
