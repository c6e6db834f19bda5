import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  Etcd,
  KubeScheduler,
  LocalControlPlane,
  NodeAccess,
  Runtime,
  ServiceAccountToken,
  Store,
} from "../../../lib";
import { printable } from "../../../lib/base/visible";
import { type Cluster, clusterOf } from "../../../lib/cli/model/cluster";
import type { StoreFacts } from "../../../lib/cli/model/facts";
import { inventedFacts, plannedFacts } from "../../../scripts/pictures";
import { clusterProps, node, NODES } from "../../support/cluster";
import type { Program } from "../../support/terraform";

/** The time of all reports and pictures in tests, and the time at which certificates were made. */
export const NOW = new Date("2027-03-01T12:00:00Z");
export const MADE = new Date("2027-01-01T00:00:00Z");

const hosted = (name: string, address: string) => ({
  name,
  address,
  access: NodeAccess.ssh({ host: address, user: "admin" }),
});
const numbered = (name: string, network: string, count: number) =>
  Array.from({ length: count }, (_, at) =>
    hosted(`${name}-${at + 1}`, `${network}.${at + 1}`),
  );
const THREE = numbered("cp", "10.0.0", 3);

const controlPlane =
  (
    props: Partial<ControlPlaneProps>,
    use: (controlPlane: ControlPlane, stack: TerraformStack) => void = () => {},
  ): Program =>
  (stack) =>
    use(new ControlPlane(stack, "cluster", clusterProps(props)), stack);

/** Programs of every shape that a store can have. */
export const SHAPES = {
  "nodes in directories": controlPlane({ nodes: NODES }),
  "hosts with a large pool": controlPlane({ nodes: THREE }, (cluster) => {
    cluster.addWorkers("workers", { nodes: numbered("worker", "10.1.0", 30) });
    cluster.addWorkers("gpu", { nodes: [hosted("gpu-a", "10.2.0.1")] });
    for (const name of ["jane", "joe"]) cluster.addUser(name);
  }),
  "a virtual IP, units, and etcd on its own hosts": controlPlane({
    nodes: THREE.slice(0, 2),
    endpoint: Endpoint.virtualIp({ address: "10.0.0.100" }),
    runtime: Runtime.systemd(),
    etcd: Etcd.dedicated({ nodes: numbered("etcd", "10.3.0", 3) }),
  }),
  "a proxy on each node, and etcd elsewhere": controlPlane(
    {
      nodes: THREE,
      endpoint: Endpoint.localProxy(),
      etcd: Etcd.external({ endpoints: ["http://10.9.0.5:2379"] }),
    },
    (cluster) =>
      cluster.addWorkers("workers", { nodes: numbered("worker", "10.1.0", 2) }),
  ),
  "processes on this machine, with a token": (stack) => {
    const local = new LocalControlPlane(stack, "debug", {
      clusterName: "debug",
      kubernetesVersion: "1.36.3",
      controllerManager: {},
    });
    new ServiceAccountToken(stack, "ci", {
      controlPlane: local,
      namespace: "team",
    });
  },
  "certificates alone": (stack) => {
    const store = new Store(stack, "store", { directory: "pki" });
    const certificateAuthority = new CertificateAuthority(stack, "ca", {
      store,
      commonName: "Lab CA",
    });
    new Certificate(stack, "web", {
      certificateAuthority,
      commonName: "web",
      usages: ["serverAuth"],
    });
  },
  "a CA whose key is elsewhere": (stack) => {
    const store = new Store(stack, "store", { directory: "clusters/company" });
    const folder = mkdtempSync(join(tmpdir(), "company-"));
    const certificate = join(folder, "ca.crt");
    writeFileSync(certificate, "read only at apply");
    new ControlPlane(stack, "cluster", {
      ...clusterProps(),
      store,
      certificateAuthority: CertificateAuthority.external(stack, "ca", {
        store,
        certificate,
        purpose: "certificate authority of the company",
      }),
    });
    rmSync(folder, { recursive: true });
  },
  "one component on its own": (stack) => {
    const store = new Store(stack, "store", { directory: "clusters/part" });
    const ca = new CertificateAuthority(stack, "ca", {
      store,
      commonName: "kubernetes",
    });
    new KubeScheduler(stack, "kube-scheduler", {
      store,
      cluster: { ...clusterProps(), nodes: [node(1), node(2)] },
      node: "cp-2",
      authorities: { ca },
    });
  },
} as const satisfies Readonly<Record<string, Program>>;

export type Shape = keyof typeof SHAPES;

export function stackOf(program: Program): TerraformStack {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  return stack;
}

/** The cluster of a program, before its first deploy. */
export const planned = (program: Program): Cluster =>
  clusterOf(plannedFacts(stackOf(program)));

/** The cluster of a program after a deploy. Certificates begin at the time that `beginning` says. */
export const deployed = (
  program: Program,
  beginning: Parameters<typeof inventedFacts>[2] = () => MADE,
): Cluster => clusterOf(inventedFacts(stackOf(program), NOW, beginning));

/** A name that tries to be markup, DOT, Mermaid, Markdown or an escape sequence. It is part of paths, so it has no slash. */
export const NAME = `<img src=x onerror=alert(1)>"'&amp;\`%%{init}%% "]--> b;\\n#quot;#60;|*_[x](y) ~~z~~ 漢字 é`;
/** A text that tries to leave the element in which it stands. */
export const TEXT = `</text></title></style></script><script>document.title="owned"</script>]]><!-- ${"very ".repeat(40)}long`;

/** A cluster whose names and purposes are hostile. */
export function hostile(): Cluster {
  const { facts } = deployed(SHAPES["hosts with a large pool"]);
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const replaced = JSON.stringify({
    ...facts,
    inspected: {
      ...facts.inspected,
      problems: [{ file: TEXT, reason: NAME }],
    },
  })
    .replaceAll("cp-1", () => inJson(NAME))
    .replaceAll("jane", () => inJson(`${NAME}j`))
    .replaceAll("api.example.org", () => inJson(NAME))
    .replaceAll('"test"', () => JSON.stringify(TEXT))
    .replaceAll("certificate authority of etcd", () => inJson(TEXT))
    .replaceAll("serving certificate of kubelet", () => inJson(`${TEXT} 2`));
  return clusterOf(printable(JSON.parse(replaced) as StoreFacts));
}
