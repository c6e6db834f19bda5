import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { NodeDrift } from "../../../lib/request/drift";
import { inventoryFile } from "../../../lib/store/bookkeeping";
import { ended } from "../../agent/hosts/support/place";
import type { Sshd } from "../../agent/hosts/support/sshd";
import { text } from "../../agent/support/artefacts";
import { nodeRequest, rolloutRequest } from "../../agent/support/rollout";
import { type Outcome, Workplace } from "../../agent/support/workplace";
import { hostileHost } from "./hostile-host";

/** MiB of heap that the agent may use, and of memory altogether. Node alone takes 50. */
const HEAP = 64;
const MOST_MEMORY = 220;

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

/** Runs of the agent against a hostile host. Whatever the host does, they use little memory and print no control characters. */
export class HostileRuns {
  place!: Workplace;
  private host: Sshd | undefined;

  static inEachTest(): HostileRuns {
    const runs = new HostileRuns();
    beforeEach(() => {
      runs.place = new Workplace();
    });
    afterEach(async () => {
      await runs.host?.remove();
      runs.host = undefined;
      rmSync(runs.place.root, { recursive: true, force: true });
    });
    return runs;
  }

  /** Runs the agent against a host that answers every session with a script. */
  readonly run = async (
    action: "check" | "rollout",
    script: string,
    config: readonly string[] = [],
  ): Promise<Outcome> => {
    const host = await hostileHost(script, config);
    this.host = host;
    const { place } = this;
    await place.batch([
      text("nodes/cp-1/root/etc/kubernetes/a.conf", "wanted"),
      text("nodes/cp-1/root/etc/kubernetes/kubelet.conf", "users: []\n"),
    ]);
    const node = {
      ...nodeRequest("cp-1", "10.0.0.1"),
      access: host.access(),
      components: [{ name: "kubelet", ports: [10250], timeout: 5 }],
    };
    const inventory = {
      stack: "demo",
      clusterName: "demo",
      nodes: { "cp-1": { ...node, tree: "delivered" } },
    };
    await place.store.write([inventoryFile(inventory)], "test-1");
    const memory = join(place.root, "memory");
    const outcome = await place.run(
      action === "check"
        ? { action }
        : { ...rolloutRequest("cp-1"), nodes: [node] },
      [],
      {
        preload: join(__dirname, "memory.js"),
        env: {
          NODE_OPTIONS: `--max-old-space-size=${HEAP}`,
          MEMORY_FILE: memory,
          HOME: process.env.HOME ?? "/root",
        },
      },
    );
    const all = outcome.stdout + outcome.stderr;
    expect(all).not.toMatch(CONTROLS);
    expect(all).not.toMatch(/bug of the agent|^\s+at .*:\d+/m);
    expect(Number(readFileSync(memory, "utf8")) / 1024).toBeLessThan(
      MOST_MEMORY,
    );
    await ended(`-p ${host.port}`);
    return outcome;
  };

  /** Why a check could not examine the node. */
  readonly reasonOf = async (script: string): Promise<string> => {
    const { stdout, stderr, status } = await this.run("check", script);
    expect([status, stderr]).toEqual([0, ""]);
    const [drift] = JSON.parse(stdout) as NodeDrift[];
    expect(drift.node).toBe("cp-1");
    const reason = drift.unreachable ?? "none";
    expect(reason).toMatch(/^(The connection to )?cp-1 /);
    return reason;
  };
}
