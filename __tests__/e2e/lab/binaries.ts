import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { KubernetesVersion } from "../../../lib/catalog/versions";
import { binariesOf, goCommand, KUBERNETES } from "../binaries";
import type { Deployment } from "./deployment";
import { programIn } from "./images";

/** The programs that units run, including the API proxy on a node. */
const UNIT_BINARIES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-proxy",
  "kube-scheduler",
  "kubectl",
  "kubelet",
];

/**
 * Puts the binaries for hosts into the folder `bin` of a user's program, where tests may change them.
 *
 * @param more further programs of Kubernetes' and etcd's releases
 */
export function bringBinaries(
  { directory }: Deployment,
  more: readonly string[] = [],
  version: KubernetesVersion = KUBERNETES,
): void {
  const path = binariesOf(version, () => {}, "coredns");
  mkdirSync(join(directory, "bin"), { recursive: true });
  for (const name of [...UNIT_BINARIES, ...more])
    copyFileSync(programIn(path, name), join(directory, "bin", name));
}

const OLD = join(__dirname, "programs/old.go");

/** Builds a program that reports the version 1.31, for an architecture (Go's name) or for this machine's. */
export function buildOld(file: string, architecture?: string): void {
  const go = goCommand(architecture ? { GOARCH: architecture } : {});
  go(dirname(OLD), "build", "-o", file, OLD);
}
