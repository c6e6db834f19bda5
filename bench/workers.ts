/**
 * Measures the time and memory for a control plane of 9 nodes with many workers: `tsx bench/workers.ts <workers> <folder>`
 * synthesizes and applies it, and prints a row of a table. It connects to no host, because all nodes are directories.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { ControlPlane, KeyAlgorithm } from "../lib";

const terraform = process.env.TERRAFORM_BINARY_NAME ?? "terraform";

interface Cost {
  readonly seconds: number;
  /** Megabytes. */
  readonly memory: number;
}

const MB = 1e6;
const numbered = (count: number, name: string, network: string) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${name}-${i + 1}`,
    address: `${network}.${Math.floor(i / 250)}.${(i % 250) + 1}`,
  }));

function synthesize(count: number, outdir: string): Cost {
  const start = process.hrtime.bigint();
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "stack");
  new LocalBackend(stack, { path: "terraform.tfstate" });
  const controlPlane = new ControlPlane(stack, "example", {
    clusterName: "example",
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    podSubnet: "10.128.0.0/9",
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    nodes: numbered(9, "cp", "10.0"),
  });
  controlPlane.addWorkers("pool", { nodes: numbered(count, "worker", "10.1") });
  app.synth();
  return {
    seconds: Number(process.hrtime.bigint() - start) / 1e9,
    memory: (process.resourceUsage().maxRSS * 1024) / MB,
  };
}

/** Runs Terraform. The memory is that of Terraform's own process, without its children, and 0 if it cannot be read. */
async function run(directory: string, ...args: string[]): Promise<Cost> {
  const start = process.hrtime.bigint();
  const child = spawn(terraform, args, { cwd: directory, stdio: "ignore" });
  const ended = once(child, "close") as Promise<[number | null]>;
  let memory = 0;
  while (child.exitCode === null && child.signalCode === null) {
    memory = peakOf(child.pid) ?? memory;
    await Promise.race([ended, delay(100)]);
  }
  const [status] = await ended;
  if (status !== 0) throw new Error(`terraform ${args.join(" ")}: ${status}`);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, memory };
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    return kilobytes === undefined
      ? undefined
      : (Number(kilobytes) * 1024) / MB;
  } catch {
    return undefined;
  }
}

async function measure(count: number, folder: string): Promise<void> {
  process.chdir(folder);
  const synthesis = synthesize(count, join(folder, "cdktf.out"));
  const stack = join(folder, "cdktf.out/stacks/stack");
  await run(stack, "init", "-input=false");
  const apply = await run(stack, "apply", "-auto-approve", "-input=false");
  const plan = await run(stack, "plan", "-detailed-exitcode", "-input=false");
  const inWords = ({ seconds, memory }: Cost) =>
    `${seconds.toFixed(1)} s, ${memory.toFixed(0)} MB`;
  const size = (file: string) =>
    `${(statSync(join(stack, file)).size / MB).toFixed(1)} MB`;
  const cells = [
    String(count),
    ...[synthesis, apply, plan].map(inWords),
    size("cdk.tf.json"),
    size("terraform.tfstate"),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

const [count, folder] = process.argv.slice(2);
void measure(Number(count), folder);
