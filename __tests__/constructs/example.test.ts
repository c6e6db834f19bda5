import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, Testing, TerraformStack } from "cdktf";
import { cluster, NODES } from "../support/cluster";
import {
  type Synthesized,
  type SynthesizedResource,
  triggersOf,
} from "../support/terraform";

const REPOSITORY = join(__dirname, "../..");
const FOLDERS: string[] = [];

/** A folder of another depth each time. */
function folder(): string {
  const made = mkdtempSync(join(FOLDERS.at(-1) ?? tmpdir(), "example-"));
  FOLDERS.push(made);
  return made;
}

afterAll(() => rmSync(FOLDERS[0], { recursive: true }));

function inFolder<T>(action: (directory: string) => T): T {
  const before = process.cwd();
  process.chdir(folder());
  try {
    return action(process.cwd());
  } finally {
    process.chdir(before);
  }
}

/** What `main.ts` writes when it runs somewhere. */
const example = (): string =>
  inFolder((directory) => {
    jest.isolateModules(() => jest.requireActual("../../main"));
    return readFileSync(
      join(directory, "cdktf.out/stacks/control-plane/cdk.tf.json"),
      "utf8",
    );
  });

const text = example();
const synthesized = JSON.parse(text) as Synthesized;
const resources = Object.entries(synthesized.resource?.terraform_data ?? {});
const artefacts = resources.filter(
  ([, resource]) => triggersOf(resource)?.files,
);
const environmentOf = (resource: SynthesizedResource) =>
  resource.provisioner?.[0]["local-exec"].environment ?? {};
const running = (action: string) =>
  resources.filter(([, resource]) =>
    environmentOf(resource).REQUEST?.includes(`"action":"${action}"`),
  );

describe("the example's synthesized JSON", () => {
  test("is the same wherever it is made", () => {
    expect(example()).toBe(text);
  });

  test("holds no path of this machine, no time and no hash of the agent", () => {
    for (const path of [...FOLDERS, REPOSITORY])
      expect(text).not.toContain(path);
    expect(text).not.toMatch(/\d{4}-\d{2}-\d{2}T\d{2}:/);
    const commands = resources.flatMap(
      ([, { provisioner = [] }]) =>
        provisioner.map((each) => each["local-exec"].command) ?? [],
    );
    expect(new Set(commands)).toEqual(
      new Set(["assets/control-plane-agent/current/agent.cjs"]),
    );
  });

  test("has the constructs that it always had, for their paths are a contract", () => {
    const paths = [...text.matchAll(/"path": "(control-plane\/[^"]*)"/g)].map(
      ([, path]) => path,
    );

    expect(`${paths.sort().join("\n")}\n`).toBe(
      readFileSync(join(__dirname, "example-paths.txt"), "utf8"),
    );
  });

  test("is as it was", () => {
    expect(synthesized).toMatchSnapshot();
  });
});

describe("every artefact", () => {
  test("says what it is, what it is made from, and whether it is intact", () => {
    expect(artefacts.length).toBeGreaterThan(75);
    for (const [id, resource] of artefacts) {
      const {
        files,
        spec,
        intact,
        renew_before: renewBefore,
        ...others
      } = triggersOf(resource) ?? {};
      expect([id, files]).toEqual([
        id,
        expect.stringMatching(/^(\S+ 0[0-7]{3}\n?)+$/),
      ]);
      expect(spec).toBeTruthy();
      // Only kubelet renews its certificate itself.
      expect([id, renewBefore]).toEqual([
        id,
        /kubelet\.conf/.test(files ?? "") ? "0h" : undefined,
      ]);
      expect(intact).toMatch(/^\$\{try\(.*timestamp\(\)/);
      for (const [name, value] of Object.entries(others))
        expect([name, value]).toEqual([
          expect.stringMatching(/^from \S+$/),
          expect.stringMatching(/^\$\{terraform_data\.\S+\.id\}$/),
        ]);
    }
  });

  test("runs nothing", () => {
    for (const [, resource] of artefacts)
      expect(resource.provisioner).toBeUndefined();
  });

  test("is in one batch, which tells the agent of it in a variable of its own", () => {
    const batches = running("batch");
    const told = batches.flatMap(([, batch]) => {
      const { REQUEST, ...each } = environmentOf(batch);
      expect(REQUEST).toBeTruthy();
      expect(Object.keys(each).sort()).toEqual(
        Object.keys(triggersOf(batch) ?? {})
          .map((_, i) => `ARTEFACT_${i}`)
          .sort(),
      );
      return Object.values(each);
    });

    expect(told).toHaveLength(artefacts.length);
    for (const [id] of artefacts)
      expect(
        told.filter((one) => one.includes(`terraform_data.${id}.`)),
      ).toHaveLength(1);
  });
});

test("each node has one batch, and one rollout sees them all", () => {
  const titles = running("batch").map(
    ([, batch]) => JSON.parse(environmentOf(batch).REQUEST).title as string,
  );

  expect(titles.sort()).toEqual([
    "cluster objects",
    "cp-1",
    "cp-2",
    "cp-3",
    "kubeconfigs",
    "pki/ca",
    "pki/etcd/ca",
    "pki/front-proxy-ca",
    "pki/sa",
  ]);
  expect(running("rollout")).toHaveLength(1);
});

test("only the teardown runs on destroy, and what is undone depends on it", () => {
  expect(text.match(/"when": "destroy"/g)).toHaveLength(1);
  const [[teardown, { depends_on, ...rest }]] = running("teardown");
  expect(depends_on).toBeUndefined();
  // It says what it is, and that never replaces it.
  expect(triggersOf(rest)).toEqual({ "cdktf-control-plane": "teardown" });
  expect(rest.lifecycle).toMatchObject({
    ignore_changes: ["triggers_replace"],
  });
  for (const [, resource] of running("rollout"))
    expect(resource.depends_on).toContain(`terraform_data.${teardown}`);
});

test("no resource is created before its predecessor is destroyed", () => {
  expect(text).not.toContain("create_before_destroy");
});

describe("a stack that a test synthesizes", () => {
  const stackOf = (app: App) => {
    const stack = new TerraformStack(app, "stack");
    new LocalBackend(stack, { path: "terraform.tfstate" });
    cluster({ nodes: NODES })(stack);
    return stack;
  };

  test("is what an app writes, though it goes to a temporary folder", () => {
    const written = inFolder((directory) => {
      const app = new App({ outdir: "cdktf.out" });
      stackOf(app);
      app.synth();
      return JSON.parse(
        readFileSync(
          join(directory, "cdktf.out/stacks/stack/cdk.tf.json"),
          "utf8",
        ),
      ) as Synthesized;
    });

    const tested = JSON.parse(
      Testing.synth(stackOf(Testing.app())),
    ) as Synthesized;

    const plain = (resources: Synthesized["resource"]) =>
      Object.values(resources?.terraform_data ?? {}).map((resource) => ({
        ...resource,
        "//": undefined,
      }));
    expect(plain(tested.resource)).toEqual(plain(written.resource));
  });
});
