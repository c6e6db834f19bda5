import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binariesOf, KUBERNETES } from "../__tests__/e2e/binaries";
import { programIn } from "../__tests__/e2e/lab/images";
import { SYSTEM_CLOCK } from "../lib/base/clock";
import { sizeInWords } from "../lib/base/size";
import { verifyBackup } from "../lib/agent/backup/read";
import { writeBackup } from "../lib/agent/backup/write";
import { EtcdMaintenance } from "../lib/agent/cluster/etcd-maintenance";
import { Server } from "../lib/agent/cluster/https";
import { thisMachine } from "../lib/agent/hosts/local";

const PORT = 23990;
const URL = `http://127.0.0.1:${PORT}`;
const PEER = `http://127.0.0.1:${PORT + 1}`;
const GIBIBYTE = 1024 ** 3;
const VALUE = 1024 ** 2;

/**
 * Measures what a backup of a database of 1 GiB costs: time, and the memory of the process that writes it, which is the
 * agent's.
 */
export async function benchBackup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-backup-"));
  const etcd = start(join(folder, "data"));
  try {
    const client = new EtcdMaintenance(
      new Server({
        title: "etcd",
        host: thisMachine("local"),
        address: "127.0.0.1",
        port: PORT,
      }),
      SYSTEM_CLOCK,
    );
    await untilHealthy();
    await fill();
    const { version, clusterId } = await client.memberStatus();
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    const path = join(folder, "bench.backup");
    const began = performance.now();
    const { size } = await writeBackup({
      path,
      shown: path,
      manifest: {
        clusterName: "bench",
        created: new Date().toISOString(),
        kubernetesVersion: KUBERNETES.text,
        keys: {},
      },
      files: new Map(),
      source: { node: "local", client, version, clusterId, members: ["local"] },
    });
    const written = performance.now();
    await verifyBackup(path, path);
    const verified = performance.now();
    clearInterval(watch);
    console.log(
      [
        `a backup of ${sizeInWords(size)}: ${seconds(written - began)}`,
        `its verification: ${seconds(verified - written)}`,
        `memory above that at the beginning: ${sizeInWords(peak - before)}`,
      ].join("\n"),
    );
  } finally {
    etcd.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const seconds = (milliseconds: number): string =>
  `${(milliseconds / 1000).toFixed(1)} s`;

function start(data: string): ChildProcess {
  const program = programIn(binariesOf(KUBERNETES, console.log), "etcd");
  return spawn(
    program,
    [
      `--data-dir=${data}`,
      `--listen-client-urls=${URL}`,
      `--advertise-client-urls=${URL}`,
      `--listen-peer-urls=${PEER}`,
      `--initial-advertise-peer-urls=${PEER}`,
      `--initial-cluster=default=${PEER}`,
      `--quota-backend-bytes=${2 * GIBIBYTE}`,
    ],
    { stdio: "ignore" },
  );
}

async function untilHealthy(): Promise<void> {
  for (;;) {
    const answer = await fetch(`${URL}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await SYSTEM_CLOCK.pause(100);
  }
}

async function fill(): Promise<void> {
  const value = Buffer.alloc(VALUE, 7).toString("base64");
  for (let i = 0; i < GIBIBYTE / VALUE; i++) {
    const key = Buffer.from(`key-${i}`).toString("base64");
    await fetch(`${URL}/v3/kv/put`, {
      method: "POST",
      body: JSON.stringify({ key, value }),
    });
  }
}
