import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, KUBERNETES } from "../binaries";
import { say } from "../say";
import type { Deployment } from "./deployment";
import type { Lab } from "./lab";

const SOURCE = join(__dirname, "programs", "informer.go");

/** client-go's informer of the ConfigMaps in the default namespace, as controllers use it. */
export class Informer {
  private readonly log: string;
  private readonly end: () => Promise<void>;

  /** Starts it on the admin machine, as an administrator through the endpoint. */
  constructor(lab: Lab, cluster: Deployment) {
    this.log = join(cluster.directory, "informer.log");
    this.end = lab.admin.start(
      [join(built(), "informer"), cluster.store("kubeconfigs/admin.conf")],
      this.log,
    );
  }

  /** The names of the ConfigMaps in its cache. */
  names(): string[] {
    const lines = readFileSync(this.log, "utf8").trimEnd().split("\n");
    // Between them are client-go's own messages, such as that of a watch that ended.
    const last = lines.filter((line) => /^[a-z]/.test(line)).at(-1) ?? "";
    return last.split(" ");
  }

  stop(): Promise<void> {
    return this.end();
  }
}

function built(): string {
  const version = KUBERNETES.text.replace(/^v1/, "v0");
  const source = createHash("sha256")
    .update(readFileSync(SOURCE))
    .digest("hex");
  return cached(
    {
      name: "informer",
      version: `${version}-${source.slice(0, 12)}`,
      modules: () => [
        { path: "k8s.io/client-go", version },
        { path: "k8s.io/apimachinery", version },
        { path: "k8s.io/api", version },
      ],
      packages: { informer: SOURCE },
      variables: {},
    },
    say,
  );
}
