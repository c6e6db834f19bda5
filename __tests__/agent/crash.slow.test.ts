import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAgent } from "../../lib/agent/agent";
import { parseCertificate } from "../../lib/pki/certificates";
import { readPrivateKey } from "../../lib/pki/keys";
import { systemProcesses } from "../../lib/base/processes";
import type { ArtefactRequest } from "../../lib/request/artefact";
import { inspect } from "../../lib/cli/report/inspect";
import {
  APISERVER,
  authority,
  certificate,
  copy,
  keyPair,
  kubeconfig,
  text,
} from "./support/artefacts";
import { verify } from "./support/openssl";
import { ask, fingerprintOf, stampOf } from "./support/renewal";
import { batchRequest, Workplace, type Asked } from "./support/workplace";
import { usabilityProblem } from "../../lib/pki/verification";
import { rolloutRequest } from "./support/rollout";

beforeEach(() => {
  jest.spyOn(console, "log").mockImplementation();
});

/** The repairing run is in this process, for speed, as part of the same run of Terraform as the killed one. */
const processes = systemProcesses();
const sameRun = { ...processes, run: () => processes.self };

const PRELOAD = join(__dirname, "support/break-at.js");

/**
 * Runs an action once to count its steps. Then, for each step, runs it until it dies there, and once more to see that
 * it is repaired.
 */
async function dieAtEachStep(options: {
  readonly prepare: (place: Workplace) => Promise<void>;
  readonly asked: Asked;
  readonly artefacts?: readonly ArtefactRequest[];
  readonly which?: (step: string) => boolean;
  readonly afterDeath?: (place: Workplace) => void;
  readonly healed: (place: Workplace) => void;
}): Promise<number> {
  const { asked, artefacts = [], which = () => true } = options;
  // Steps on empty folders are skipped: they leave the same state as the step before.
  const matters = (step: string): boolean =>
    step !== "rmdirSync" && which(step);
  const template = new Workplace();
  await options.prepare(template);
  const copyOf = (): Workplace => {
    const place = new Workplace(mkdtempSync(join(tmpdir(), "crash-")));
    cpSync(template.root, place.root, { recursive: true });
    return place;
  };
  const log = join(template.root, "steps");
  writeFileSync(log, "");
  expect(
    await copyOf().run(asked, artefacts, {
      preload: PRELOAD,
      env: { BREAK_LOG: log },
    }),
  ).toMatchObject({ status: 0 });
  const steps = readFileSync(log, "utf8").trim().split("\n");
  const chosen = steps.flatMap((step, at) => (matters(step) ? [at + 1] : []));
  await inParallel(4, chosen, async (at) => {
    const place = copyOf();
    const env = { BREAK: "kill", BREAK_AT: String(at) };
    expect(
      await place.run(asked, artefacts, { preload: PRELOAD, env }),
    ).toMatchObject({ signal: "SIGKILL" });
    options.afterDeath?.(place);
    const environment = place.environment(
      { ...asked, store: place.store.directory },
      artefacts,
    );
    expect(await runAgent(environment, sameRun)).toBe(0);
    options.healed(place);
  });
  return chosen.length;
}

async function inParallel<T>(
  width: number,
  values: readonly T[],
  run: (value: T) => Promise<void>,
): Promise<void> {
  const left = [...values];
  const worker = async (): Promise<void> => {
    for (let value = left.shift(); value !== undefined; value = left.shift())
      await run(value);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

const all = [
  authority(),
  keyPair(),
  certificate(),
  kubeconfig(),
  copy("pki/ca.crt", "nodes/cp-1/root/ca.crt"),
  text("nodes/cp-1/root/a.yaml", "a"),
];

/** The store is complete and valid, with the right modes and no leftovers. */
function expectHealed(place: Workplace): void {
  expect(
    place.store.files().filter((file) => /^\.(staging|lock\/draft)/.test(file)),
  ).toEqual([]);
  expect(inspect([place.store.directory], { json: true })).toMatchObject({
    exitCode: 0,
  });
  for (const [file, mode] of Object.entries({
    "pki/ca.key": "600",
    "pki/sa.key": "600",
    "pki/ca.crt": "644",
    [`${APISERVER}.key`]: "600",
    "kubeconfigs/admin.conf": "600",
  })) {
    expect(place.mode(file)).toBe(mode);
  }
}

const expectFitting = (place: Workplace): void => {
  const pair = {
    key: readPrivateKey(place.read(`${APISERVER}.key`)),
    issuer: parseCertificate(place.read("pki/ca.crt")),
  };
  expect(
    pair.issuer &&
      usabilityProblem(parseCertificate(place.read(`${APISERVER}.crt`)), {
        ...pair,
        issuer: pair.issuer,
        now: new Date(),
      }),
  ).toBeUndefined();
};

test("a first batch that is killed at any step is finished by the next one", async () => {
  const count = await dieAtEachStep({
    prepare: () => Promise.resolve(),
    asked: batchRequest("cp-1"),
    artefacts: all,
    // All staged writes are alike, and the worst moment is the middle of a file.
    which: (step) => !["open", "chmod", "sync"].includes(step),
    healed: (place) => {
      expectHealed(place);
      expectFitting(place);
      expect(place.read("nodes/cp-1/root/ca.crt")).toBe(
        place.read("pki/ca.crt"),
      );
    },
  });
  expect(count).toBeGreaterThan(30);
});

test("a batch that changes files loses nothing if it is killed at any step", async () => {
  let before = new Map<string, string>();
  const changed = [
    authority(),
    keyPair(),
    certificate({ names: ["new.example"] }),
    kubeconfig("https://new"),
    all[4],
  ];
  await dieAtEachStep({
    prepare: async (place) => {
      await place.batch(all);
      before = place.contents();
    },
    asked: batchRequest("cp-1"),
    artefacts: changed,
    which: (step) => !["open", "chmod", "sync", "write"].includes(step),
    afterDeath: (place) => {
      for (const path of [
        "pki/ca.crt",
        "pki/ca.key",
        "pki/sa.key",
        "pki/sa.pub",
        "nodes/cp-1/root/ca.crt",
      ]) {
        expect(place.read(path)).toBe(before.get(path));
      }
      expect(parseCertificate(place.read(`${APISERVER}.crt`))).toBeDefined();
      expect(readPrivateKey(place.read(`${APISERVER}.key`))).toBeDefined();
    },
    healed: (place) => {
      expectHealed(place);
      expectFitting(place);
      expect(place.files()).not.toContain("nodes/cp-1/root/a.yaml");
      expect(place.read("kubeconfigs/admin.conf")).toContain("https://new");
      verify(
        place.read(`${APISERVER}.crt`),
        place.read("pki/ca.crt"),
        "sslserver",
      );
    },
  });
});

test("a renewal that was asked for is made by the next batch, at whatever step one is killed", async () => {
  let before = "";
  await dieAtEachStep({
    prepare: async (place) => {
      await place.batch(all);
      before = fingerprintOf(place, `${APISERVER}.crt`);
      await ask(place, { [`${APISERVER}.crt`]: before });
    },
    asked: batchRequest("cp-1"),
    artefacts: all.map((each) => ({ ...each, intact: "later" })),
    which: (step) => !["open", "chmod", "sync", "write"].includes(step),
    healed: (place) => {
      expectHealed(place);
      expectFitting(place);
      expect(fingerprintOf(place, `${APISERVER}.crt`)).not.toBe(before);
      expect(stampOf(place, `${APISERVER}.crt`).renewal).toBeUndefined();
    },
  });
});

test("a request for a new key that is killed at any step can be made again", async () => {
  const path = "kubeconfigs/admin.conf";
  await dieAtEachStep({
    prepare: async (place) => void (await place.batch(all)),
    asked: {
      action: "renewal",
      certificates: { [`${APISERVER}.crt`]: "AA", [path]: "BB" },
      takenBack: false,
    },
    healed: (place) => {
      expectFitting(place);
      const { renewal, sha256 } = stampOf(place, path);
      expect([renewal?.certificate, sha256]).toEqual(["BB", "renewal"]);
    },
  });
});

test("a teardown that is killed at any step is finished by the next one", async () => {
  await dieAtEachStep({
    prepare: async (place) => void (await place.batch(all)),
    asked: { action: "teardown", retainAuthorities: true },
    healed: (place) => {
      expect(place.files()).toEqual([
        "pki/ca.crt",
        "pki/ca.key",
        "pki/sa.key",
        "pki/sa.pub",
      ]);
      expect([...place.store.stamps().keys()].sort()).toEqual([
        "pki/ca.crt",
        "pki/sa.key",
      ]);
    },
  });
});

test("a rollout that is killed at any step is finished by the next one", async () => {
  const asked: Asked = rolloutRequest("cp-1");
  await dieAtEachStep({
    prepare: async (place) => {
      await place.batch([...all, text("nodes/cp-2/root/a.yaml", "a")]);
    },
    asked,
    healed: (place) => {
      expect(place.store.files("nodes/cp-2")).toEqual([]);
      expect(place.store.files(".stamps/nodes/cp-2")).toEqual([]);
      expect(Object.keys(place.store.inventory()?.nodes ?? {})).toEqual([
        "cp-1",
      ]);
    },
  });
});

test("a full disk at any write is a clear error that loses nothing", async () => {
  const changed = [
    authority(),
    certificate({ names: ["new.example"] }),
    kubeconfig("https://new"),
  ];
  const place = new Workplace();
  await place.batch([authority(), certificate(), kubeconfig()]);
  await place.run({ action: "signatures" });
  const before = place.contents();
  const env = { BREAK: "full" };
  const outcome = await place.run(batchRequest("cp-1"), changed, {
    preload: PRELOAD,
    env,
  });
  expect(outcome.status).toBe(1);
  expect(outcome.stderr).toMatch(
    /^Error: No space is left for .* \(ENOSPC\)\.\nFree some space on that disk and apply again\./,
  );
  expect(place.contents()).toEqual(before);
});
