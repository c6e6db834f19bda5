/**
 * Measures the ratios that the documentation states. Both sides of a ratio run alternately, and their medians are
 * compared. `npm run bench` needs an otherwise idle machine. `npm run bench workers` measures only clusters with many
 * workers, and `npm run bench backup` only a backup of etcd.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformResource, TerraformStack } from "cdktf";
import { ControlPlane, KeyAlgorithm, Store } from "../lib";
import { requestVariables } from "../lib/request/environment";
import { benchBackup } from "./backup";
import { compare, environment, execute, print, type Row } from "./measure";

const terraform = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
type Json = Record<string, unknown>;
type Resources = Record<string, Json>;

const folders: string[] = [];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "bench-"));
  folders.push(path);
  return path;
}

function addControlPlane(
  app: App,
  name: string,
  keys: KeyAlgorithm,
  stores: string,
): void {
  const stack = new TerraformStack(app, name);
  const directory = join(stores, name);
  new ControlPlane(stack, "example", {
    clusterName: name,
    store: new Store(stack, "store", { directory }),
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    podSubnet: "10.244.0.0/16",
    keyAlgorithm: keys,
    nodes: [1, 2, 3].map((i) => ({ name: `cp-${i}`, address: `10.0.0.1${i}` })),
  });
}

function controlPlanes(count: number, keys = KeyAlgorithm.ECDSA_P256): App {
  const app = new App({ outdir: folder() });
  const stores = folder();
  for (let i = 0; i < count; i++)
    addControlPlane(app, `cluster-${i}`, keys, stores);
  return app;
}

/** A `terraform_data` with the given JSON, for comparison with this library's resources. */
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

/** Stacks with the same resources as a control plane, but without this library's constructs. */
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

/** A folder in which Terraform can run a synthesized stack, with its agent and its own store. */
function workspace(keys: KeyAlgorithm, change?: (json: Json) => void): string {
  const app = controlPlanes(1, keys);
  const json = synthesized(app);
  change?.(json);
  json.terraform = { backend: { local: { path: "terraform.tfstate" } } };
  const directory = join(app.outdir, "stacks", "cluster-0");
  writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(json));
  execute(directory, terraform, "init", "-input=false");
  return directory;
}

const resourcesOf = (json: Json): Json[] =>
  Object.values(
    (json.resource as { terraform_data: Resources }).terraform_data,
  );

/** Replaces the work of the agent: batches run `node -e 0`, and artefacts have no files. */
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
  const request = {
    action: "batch",
    store: "store",
    stack: "bench",
    title: "nothing",
    batch: "nothing",
    artefacts: [],
  };
  Object.assign(environment, requestVariables(request));
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

/** Measures each number of workers in a separate process, so that its memory can be measured. */
function printWorkers(): void {
  console.log(`
| workers | synthesis | apply | empty plan | JSON | state |
|---|---|---|---|---|---|`);
  for (const count of [10, 100, 1_000])
    spawnSync(
      process.execPath,
      [
        "--import",
        "tsx",
        join(__dirname, "workers.ts"),
        String(count),
        folder(),
      ],
      { env: environment, stdio: ["ignore", "inherit", "inherit"] },
    );
}

async function bench(part: string | undefined): Promise<void> {
  try {
    if (part === undefined) print(rows());
    if (part !== "backup") printWorkers();
    if (part !== "workers") await benchBackup();
  } finally {
    for (const path of folders) rmSync(path, { recursive: true, force: true });
  }
}

void bench(process.argv[2]);
