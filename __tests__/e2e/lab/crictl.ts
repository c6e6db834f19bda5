import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../binaries";
import { say } from "../say";
import type { Host } from "./host";

const VERSION = "v1.34.0";
/** The modules of Kubernetes that it needs, in a release instead of the candidate that its go.mod names. */
const KUBERNETES_MODULES = [
  "api",
  "apimachinery",
  "cli-runtime",
  "client-go",
  "component-base",
  "cri-api",
  "cri-client",
  "kubectl",
  "kubelet",
].map((name) => `k8s.io/${name}`);

/** Installs crictl on a host, as the package cri-tools would. It is built at its first use. */
export async function installCrictl(host: Host): Promise<void> {
  const path = "sigs.k8s.io/cri-tools";
  const directory = cached(
    {
      name: "cri-tools",
      version: VERSION,
      modules: () => [
        { path, version: VERSION },
        ...KUBERNETES_MODULES.map((module) => ({
          path: module,
          version: "v0.34.4",
          replacement: module,
        })),
      ],
      packages: { crictl: `${path}/cmd/crictl` },
      variables: {},
    },
    say,
  );
  await host.exec("cat > /usr/bin/crictl && chmod 755 /usr/bin/crictl", {
    input: readFileSync(join(directory, "crictl")),
  });
}
