import { spawn } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inventoryFile } from "../../../lib/store/bookkeeping";
import type { InventoryNode } from "../../../lib/store/inventory";
import { text } from "../../agent/support/artefacts";
import { nodeRequest } from "../../agent/support/rollout";
import {
  type Outcome,
  outcomeOf,
  Workplace,
} from "../../agent/support/workplace";
import { withoutProgress } from "./progress-lines";
import { CLI } from "./project";
import type { FakeHost } from "./fake-host";

/** A file that belongs on every node. */
export const FILE = "/var/lib/etc/manifest.yaml";

/** A store, and fake hosts, as a rollout left them. */
export class HostedStore extends Workplace {
  /** Writes the nodes into the inventory, and the file onto each host. */
  async keep(
    hosts: Readonly<Record<string, FakeHost>>,
    others: Readonly<Record<string, InventoryNode>> = {},
  ): Promise<void> {
    const names = Object.keys(hosts);
    await this.batch(
      names.map((name) => text(`nodes/${name}/root${FILE}`, "wanted")),
    );
    const nodes = Object.entries(hosts).map(([name, host], at) => {
      host.write(FILE, "wanted");
      const key = join(this.root, `${name}.key`);
      copyFileSync(host.sshd.identityFile, key);
      // Relative to the store.
      const access = host.sshd.access({ identityFile: `../../${name}.key` });
      const components = [host.component];
      const node = nodeRequest(name, `10.0.0.${at + 1}`);
      return [
        name,
        { ...node, access, components, tree: "delivered" },
      ] as const;
    });
    const inventory = {
      stack: "demo",
      clusterName: "demo",
      kubernetesVersion: "v1.36.3",
      endpoint: "https://demo.example:6443",
      nodes: { ...Object.fromEntries(nodes), ...others },
    };
    await this.store.write([inventoryFile(inventory)], "test-1");
  }

  /** The drift token, which the next plan compares with the last one. */
  token(node: string): string | undefined {
    const stamp = this.store.read(`.stamps/nodes/${node}.json`);
    return stamp && (JSON.parse(stamp.toString()) as { token: string }).token;
  }

  /** Runs a command; its `stderr` has no lines that say what goes on. */
  async cli(
    args: string,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Outcome> {
    const outcome = await outcomeOf(
      spawn(process.execPath, [CLI, ...args.split(" ")], {
        cwd: this.root,
        env: { ...process.env, ...environment },
      }),
    );
    return { ...outcome, stderr: withoutProgress(outcome.stderr) };
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
