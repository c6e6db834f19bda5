import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Cluster, REPOSITORY } from "./cluster";
import { itRuns } from "./proof";

const EXAMPLE = join(REPOSITORY, "examples/kubeadm-config");
const example = (file: string) => readFileSync(join(EXAMPLE, file), "utf8");

describe("examples/kubeadm-config: three nodes from a kubeadm file, ECDSA P-256", () => {
  itRuns(
    new Cluster({
      main: example("main.ts"),
      files: { "kubeadm.yaml": example("kubeadm.yaml") },
      clusterName: "from-kubeadm",
      nodes: {
        "cp-1": "192.0.2.11",
        "cp-2": "192.0.2.12",
        "cp-3": "192.0.2.13",
      },
      endpoint: { host: "api.example.org", address: "192.0.2.10" },
      adminAddress: "192.0.2.1",
      prefix: 24,
    }),
  );
});
