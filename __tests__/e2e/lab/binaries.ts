import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { binariesOf, goCommand } from "../binaries";
import { KUBERNETES } from "../cluster";
import type { Deployment } from "./deployment";
import { PROGRAM_SOURCES, programIn } from "./images";

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
  mkdirSync(join(directory, "bin"), { recursive: true });
  for (const name of UNIT_BINARIES)
    copyFileSync(programIn(path, name), join(directory, "bin", name));
}

/** Makes a small program for machines of another architecture, as Go names it. */
export function buildFor(architecture: string, file: string): void {
  const [source] = PROGRAM_SOURCES;
  goCommand({ GOARCH: architecture })(
    dirname(source),
    ...["build", "-o", file, source],
  );
}
