import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { runAgent } from "../../lib/agent/agent";
import { attemptedObjects } from "../../lib/agent/cluster/objects";
import type { Host, HostFile } from "../../lib/agent/hosts/host";
import { treeOf } from "../../lib/agent/hosts/tree";
import { objectFiles } from "../../lib/agent/rollout/cluster-objects";
import { AgentError } from "../../lib/base/errors";
import {
  identify,
  isAlive,
  machine,
  type Processes,
} from "../../lib/base/processes";
import { removalWords } from "../../lib/cli/commands/destroy";
import { CliError } from "../../lib/cli/errors";
import { standardOutput } from "../../lib/cli/standard-output";
import { storesIn } from "../../lib/cli/plan/forgotten";
import { workspaceOfStore } from "../../lib/cli/plan/owner";
import {
  refuseIrregularFiles,
  secureBeforeDeploy,
} from "../../lib/cli/plan/store-problems";
import { inspect } from "../../lib/cli/report/inspect";
import { summaryLines } from "../../lib/cli/report/summary";
import { Store } from "../../lib/store/store";
import { rolloutRequest } from "../agent/support/rollout";
import {
  type Asked,
  batchRequest,
  type Workplace,
} from "../agent/support/workplace";
import { quickClock } from "./support/clock";
import { type Damage, damage, damageOf } from "./support/damage";
import { filesAnswer, filesOf } from "./support/files-answer";
import { type Reach, sshFolders } from "./support/ssh-folders";
import { batchesOf } from "./support/stored";
import { contentOf, hostTree, Original } from "./support/tampered";
import { checkAll } from "./support/watchdog";

const self = identify(process.pid)!;
/** This process is the run of Terraform as well. */
const PROCESSES: Processes = {
  machine: machine(),
  self,
  run: () => self,
  isAlive,
};

const OUTPUT = standardOutput();

const said: string[] = [];
const hear = (line?: unknown): void => void said.push(String(line));
beforeEach(() => {
  jest.spyOn(console, "log").mockImplementation(hear);
  jest.spyOn(console, "error").mockImplementation(hear);
});
afterEach(() => jest.restoreAllMocks());

const PATH = process.env.PATH;
afterEach(() => (process.env.PATH = PATH));

/** Runs the agent as Terraform does. An error that it does not expect is shown as a bug. */
async function askAgent(place: Workplace, asked: Asked): Promise<void> {
  const artefacts =
    "batch" in asked ? (batchesOf(place.root)[asked.batch] ?? []) : [];
  const store = { store: place.store.directory, workingDirectory: place.root };
  const environment = place.environment({ ...asked, ...store }, artefacts);
  await runAgent(environment, PROCESSES, quickClock());
  expect(said.join("\n")).not.toMatch(/bug of the agent/);
}

/** What a rollout reads of a store, and compares with a host that has the files of the undamaged store. */
async function compare(store: Store, host: Host): Promise<void> {
  const files = objectFiles({ objects: ["objects/a.yaml"], nodes: [] }, store);
  attemptedObjects(files, store.inventory()?.objects);
  await filesOf(host, treeOf(store, "cp-1"));
}

/** A host that has these files and nothing else. */
function hostWith(tree: readonly HostFile[]): Host {
  const answer = filesAnswer(tree);
  return {
    name: "cp-1",
    run: (_, { input } = {}) => {
      const asked = Buffer.isBuffer(input) ? input.toString() : "";
      const stdout = Buffer.from(answer(asked));
      return Promise.resolve({ exitCode: 0, stdout, stderr: "" });
    },
    reach: () => Promise.resolve({ path: "/nonexistent" }),
    close: () => Promise.resolve(),
  };
}

/** What reads a store in the command line. */
const readings = (directory: string): readonly (() => unknown)[] => [
  () => inspect([directory], { json: false }),
  () => workspaceOfStore(directory),
  () => storesIn(dirname(directory)),
  () => refuseIrregularFiles(new Store(directory)),
  () => summaryLines({ directory }, OUTPUT.style, new Date()),
  () => removalWords(directory, { retainAuthorities: true }),
];

async function read(reading: () => unknown): Promise<void> {
  try {
    await reading();
  } catch (error) {
    if (!(error instanceof AgentError || error instanceof CliError))
      throw error;
  }
}

/** The files of CAs and of the key pair, and what is recorded of them. */
const AUTHORITY = /^(\.stamps\/)?pki(\/|$)|^\.stamps$/;

const ROLLOUT = rolloutRequest("cp-2");

/** What Terraform and the commands may ask the agent to do with a store. */
const REQUESTS: Readonly<Record<string, Asked>> = {
  check: { action: "check" },
  ...Object.fromEntries(
    Object.keys(batchesOf("")).map((batch) => [batch, batchRequest(batch)]),
  ),
  signatures: { action: "signatures" },
  rollout: {
    ...ROLLOUT,
    objects: ["objects/a.yaml"],
    nodes: [{ ...ROLLOUT.nodes[0], address: "10.0.0.2" }],
  },
  teardown: { action: "teardown", retainAuthorities: true },
};

/** Milliseconds. Each run makes keys and syncs files to the disk, which a busy machine does slowly. */
const PATIENCE = 1_200_000;

/** What happens to a store, and what is asked of the agent then. Data only, so that fast-check can print it. */
interface Attack {
  readonly damages: readonly Damage[];
  readonly requests: readonly string[];
  readonly ssh: Reach;
}

/** Checks, whenever it is called, that keys and what is outside of the store are as they were in the beginning. */
function guard(place: Workplace, damages: readonly Damage[]): () => void {
  const keys = contentOf(place.store.directory, "pki");
  // The lifetime in its stamp decides whether a CA is signed again, with the same key.
  const isAuthorityDamaged = damages.some(
    ({ file, other, how }) =>
      AUTHORITY.test(file) || (how === "exchanged" && AUTHORITY.test(other)),
  );
  return () => {
    const now = contentOf(place.store.directory, "pki");
    for (const [path, { bytes }] of keys)
      if (path.endsWith(".key") || !isAuthorityDamaged)
        expect([path, now.get(path)?.bytes.equals(bytes)]).toEqual([
          path,
          true,
        ]);
    const outside = contentOf(join(place.root, "outside"));
    expect([...outside].map(([path, { bytes }]) => [path, `${bytes}`])).toEqual(
      [["precious", "mine"]],
    );
  };
}

test(
  "any tampered store is used or refused with an error that says what to do, and loses no key",
  async () => {
    const original = await Original.make();
    const folders = sshFolders();
    const host = hostWith(await hostTree());
    const attack: fc.Arbitrary<Attack> = fc.record(
      {
        damages: fc.array(damageOf(original.entries), {
          minLength: 1,
          maxLength: 3,
        }),
        requests: fc.shuffledSubarray(Object.keys(REQUESTS), {
          minLength: 1,
          maxLength: 2,
        }),
        ssh: fc.oneof(
          { weight: 4, arbitrary: fc.constant<Reach>("no ssh") },
          {
            weight: 1,
            arbitrary: fc.constantFrom<Reach>("refuses", "accepts"),
          },
        ),
      },
      { noNullPrototype: true },
    );
    await checkAll(attack, async ({ damages, requests, ssh }) => {
      said.length = 0;
      process.env.PATH = PATH;
      const place = original.copy();
      const { directory } = place.store;
      const outside = join(place.root, "outside/precious");
      mkdirSync(dirname(outside));
      writeFileSync(outside, "mine");
      for (const each of damages) damage(directory, outside, each);
      const losesNothing = guard(place, damages);
      process.env.PATH = folders[ssh];
      try {
        await read(() => compare(place.store, host));
        for (const reading of readings(directory)) await read(reading);
        for (const name of requests) {
          await askAgent(place, REQUESTS[name]);
          losesNothing();
        }
        await read(() => secureBeforeDeploy(place.store, OUTPUT));
        await read(() => inspect([directory], { json: true }));
        losesNothing();
      } finally {
        rmSync(place.root, { recursive: true, force: true });
      }
    });
  },
  PATIENCE,
);
