import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { binariesOf, goCommand } from "../binaries";
import { KUBERNETES } from "../cluster";
import type { Deployment } from "./deployment";
import { programIn } from "./images";

/** What units run, a proxy on a node among them. */
const UNIT_BINARIES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-proxy",
  "kube-scheduler",
  "kubectl",
  "kubelet",
];

/** Puts what is delivered to hosts into the folder `bin` of a user's program; tests may change it there. */
export function bringBinaries({ directory }: Deployment): void {
  const path = binariesOf(KUBERNETES, () => {});
  mkdirSync(join(directory, "bin"), { recursive: true });
  for (const name of UNIT_BINARIES)
    copyFileSync(programIn(path, name), join(directory, "bin", name));
}

const OLD = join(__dirname, "programs/old.go");

/** Makes a program that says it is of Kubernetes 1.31, for an architecture as Go names it or for this machine's. */
export function buildOld(file: string, architecture?: string): void {
  const go = goCommand(architecture ? { GOARCH: architecture } : {});
  go(dirname(OLD), "build", "-o", file, OLD);
}
