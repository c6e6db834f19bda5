import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { binariesOf } from "../binaries";
import { KUBERNETES } from "../cluster";
import type { Deployment } from "./deployment";
import { programIn } from "./images";

/** What units run. */
const UNIT_BINARIES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-proxy",
  "kube-scheduler",
  "kubelet",
];

/** Puts what is delivered to hosts into the folder `bin` of a user's program; tests may change it there. */
export function bringBinaries({ directory }: Deployment): void {
  const path = binariesOf(KUBERNETES, () => {});
  mkdirSync(join(directory, "bin"));
  for (const name of UNIT_BINARIES)
    copyFileSync(programIn(path, name), join(directory, "bin", name));
}
