/**
 * Measures what the docs claim, as ratios taken in one run: each pair is run in turns, and the medians compared.
 * `npm run bench`, on a machine that does nothing else.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformResource, TerraformStack } from "cdktf";
import { ControlPlane, KeyAlgorithm } from "../lib";

const terraform = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  CHECKPOINT_DISABLE: "1",
};
delete environment.TF_CLI_CONFIG_FILE;

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly reference: number;
  readonly limit?: number;
}

type Json = Record<string, unknown>;
type Resources = Record<string, Json>;

const folders: string[] = [];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "bench-"));
  folders.push(path);
  return path;
}

function addControlPlane(app: App, name: string, keys: KeyAlgorithm): void {
  new ControlPlane(new TerraformStack(app, name), "example", {
    clusterName: name,
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    podSubnet: "10.244.0.0/16",
    keyAlgorithm: keys,
    nodes: [1, 2, 3].map((i) => ({ name: `cp-${i}`, address: `10.0.0.1${i}` })),
  });
}

function controlPlanes(count: number, keys = KeyAlgorithm.ECDSA_P256): App {
  const app = new App({ outdir: folder() });
  for (let i = 0; i < count; i++) addControlPlane(app, `cluster-${i}`, keys);
  return app;
}

/** A `terraform_data` that is only its text. */
class Bare extends TerraformResource {
  constructor(
    scope: TerraformStack,
    id: string,
    private readonly attributes: Json,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data" });
    type Provisioner = Record<"local-exec", Json & { command: string }>;
    const provisioner = attributes.provisioner as Provisioner[] | undefined;
    this.provisioners = provisioner?.map((each) => ({
      type: "local-exec",
      ...each["local-exec"],
    }));
    this.dependsOn = attributes.depends_on as string[] | undefined;
  }

  protected override synthesizeAttributes(): Json {
    return { triggers_replace: this.attributes.triggers_replace };
  }
}

/** The very resources of a control plane, without anything that makes them. */
function bareStacks(count: number, resources: Resources): App {
  const app = new App({ outdir: folder() });
  for (let i = 0; i < count; i++) {
    const stack = new TerraformStack(app, `cluster-${i}`);
    for (const [id, attributes] of Object.entries(resources))
      new Bare(stack, id, attributes);
  }
  return app;
}

function synthesized(app: App): Json & {
  resource: { terraform_data: Resources };
} {
  app.synth();
  const file = join(app.outdir, "stacks", "cluster-0", "cdk.tf.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Milliseconds, a prepared run each. */
function time(prepare: () => () => void): number {
  const action = prepare();
  const start = process.hrtime.bigint();
  action();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

const median = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

function compare(
  what: string,
  times: number,
  ours: () => () => void,
  reference: () => () => void,
  limit?: number,
): Row {
  process.stderr.write(`${what} …\n`);
  time(ours);
  time(reference);
  const [a, b]: [number[], number[]] = [[], []];
  for (let i = 0; i < times; i++) {
    a.push(time(ours));
    b.push(time(reference));
  }
  return { what, ours: median(a), reference: median(b), limit };
}

function execute(cwd: string, command: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: environment,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(" ")}\n${(stdout + stderr).slice(-2000)}`,
    );
}

/** A folder where Terraform can run that JSON, with the agent in its place and a store of its own. */
function workspace(keys: KeyAlgorithm, change?: (json: Json) => void): string {
  const app = controlPlanes(1, keys);
  const json = synthesized(app);
  change?.(json);
  json.terraform = { backend: { local: { path: "terraform.tfstate" } } };
  const directory = join(app.outdir, "stacks", "cluster-0");
  const text = JSON.stringify(json).replaceAll("../../../clusters", "clusters");
  writeFileSync(join(directory, "cdk.tf.json"), text);
  execute(directory, terraform, "init", "-input=false");
  return directory;
}

const resourcesOf = (json: Json): Json[] =>
  Object.values(
    (json.resource as { terraform_data: Resources }).terraform_data,
  );

/** Batches that start node for nothing, artefacts that no file backs. */
function withoutWork(json: Json): void {
  delete json.check;
  for (const resource of resourcesOf(json)) {
    delete resource.lifecycle;
    if (resource.provisioner)
      resource.provisioner = [
        { "local-exec": { interpreter: ["node", "-e"], command: "0" } },
      ];
  }
  withoutFingerprints(json);
}

function withoutFingerprints(json: Json): void {
  for (const { triggers_replace: triggers } of resourcesOf(json)) {
    if (triggers && typeof triggers === "object" && "intact" in triggers)
      triggers.intact = "ok";
  }
}

const apply =
  (keys: KeyAlgorithm, change?: (json: Json) => void) => (): (() => void) => {
    const directory = workspace(keys, change);
    return () => execute(directory, terraform, "apply", "-auto-approve");
  };

function emptyPlan(change?: (json: Json) => void): () => () => void {
  const directory = workspace(KeyAlgorithm.ECDSA_P256, change);
  execute(directory, terraform, "apply", "-auto-approve");
  return () => () =>
    execute(directory, terraform, "plan", "-detailed-exitcode");
}

function agentStart(): () => () => void {
  const agent = join(__dirname, "../dist/agent.cjs");
  environment.REQUEST = JSON.stringify({
    action: "batch",
    store: "store",
    stack: "bench",
    title: "nothing",
    batch: "nothing",
  });
  const directory = folder();
  return () => () => execute(directory, "node", agent);
}

function kubeadm(): Row[] {
  const { status } = spawnSync("kubeadm", ["version"]);
  if (status !== 0) return [];
  const directory = folder();
  const config = join(directory, "kubeadm.yaml");
  writeFileSync(
    config,
    [
      "apiVersion: kubeadm.k8s.io/v1beta4",
      "kind: InitConfiguration",
      "localAPIEndpoint: {advertiseAddress: 10.0.0.11}",
      "nodeRegistration: {name: cp-1}",
      "---",
      "apiVersion: kubeadm.k8s.io/v1beta4",
      "kind: ClusterConfiguration",
      "kubernetesVersion: v1.36.3",
      "encryptionAlgorithm: ECDSA-P256",
      "controlPlaneEndpoint: api.example.org:6443",
    ].join("\n"),
  );
  environment.KUBEADM_INIT_DRYRUN_DIR = directory;
  const init = () => () =>
    execute(
      directory,
      "kubeadm",
      "init",
      "--dry-run",
      "--skip-phases=preflight",
      "--config",
      config,
    );
  const ours = apply(KeyAlgorithm.ECDSA_P256);
  return [compare("three nodes, ours : one node, kubeadm", 5, ours, init)];
}

function rows(): Row[] {
  const bare = synthesized(controlPlanes(1)).resource.terraform_data;
  const synthesize = (app: App) => () => app.synth();
  const [p256, rsa] = [KeyAlgorithm.ECDSA_P256, KeyAlgorithm.RSA_2048];
  const hundred = compare(
    "synthesis of 100 control planes : 10 times that of 10",
    3,
    () => synthesize(controlPlanes(100)),
    () => synthesize(controlPlanes(10)),
  );
  return [
    compare(
      "synthesis of 3 nodes : bare resources of the same size",
      25,
      () => synthesize(controlPlanes(1)),
      () => synthesize(bareStacks(1, bare)),
      1.5,
    ),
    { ...hundred, reference: hundred.reference * 10, limit: 1.3 },
    compare(
      "apply with P-256 keys : the same graph without work",
      5,
      apply(p256),
      apply(p256, withoutWork),
      1.5,
    ),
    compare(
      "apply with RSA 2048 keys : with P-256 keys",
      3,
      apply(rsa),
      apply(p256),
    ),
    compare(
      "empty plan : the same graph without fingerprints",
      9,
      emptyPlan(),
      emptyPlan(withoutFingerprints),
      1.2,
    ),
    compare(
      "start of the agent : node -e 0",
      25,
      agentStart(),
      () => () => execute(".", "node", "-e", "0"),
      1.5,
    ),
    ...kubeadm(),
  ];
}

function print(table: readonly Row[]): void {
  const milliseconds = (value: number) => `${value.toFixed(0)} ms`;
  const lines = table.map(({ what, ours, reference, limit }) => [
    what,
    milliseconds(ours),
    milliseconds(reference),
    (ours / reference).toFixed(2),
    limit ? `≤ ${limit}` : "",
  ]);
  const all = [
    ["ours : reference", "ours", "reference", "ratio", "aim"],
    ...lines,
  ];
  const widths = all[0].map((_, i) =>
    Math.max(...all.map((line) => line[i].length)),
  );
  for (const [at, line] of all.entries()) {
    console.log(
      `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`,
    );
    if (at === 0)
      console.log(
        `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
      );
  }
}

try {
  print(rows());
} finally {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
}
