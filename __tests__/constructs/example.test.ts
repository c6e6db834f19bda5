import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, Testing, TerraformStack } from "cdktf";
import { cluster, NODES } from "../support/cluster";
import type { BatchRequest } from "../../lib/request/request";
import { requestOf } from "../support/requests";
import { type Synthesized, triggersOf } from "../support/resources";

const REPOSITORY = join(__dirname, "../..");
const FOLDERS: string[] = [];

/** Makes a folder, each time at a different depth. */
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

/** The JSON that `main.ts` writes when it runs in a temporary folder. */
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
const running = (action: string) =>
  resources.filter(([, resource]) => requestOf(resource)?.action === action);

describe("the example's synthesized JSON", () => {
  test("is the same in every folder", () => {
    expect(example()).toBe(text);
  });

  test("contains no path of this machine, no time and no hash of the agent", () => {
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

  test("has the same constructs as before, because their paths are a contract", () => {
    const paths = [...text.matchAll(/"path": "(control-plane\/[^"]*)"/g)].map(
      ([, path]) => path,
    );

    expect(`${paths.sort().join("\n")}\n`).toBe(
      readFileSync(join(__dirname, "example-paths.txt"), "utf8"),
    );
  });

  test("has not changed", () => {
    // The same snapshot is for cdktf and cdktn, whose version this is.
    const metadata = { version: expect.any(String) as string };
    expect<object>(synthesized).toMatchSnapshot({ "//": { metadata } });
  });
});

describe("every artefact", () => {
  test("has triggers for its files, its spec, its sources and whether it is intact", () => {
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
      // Only kubelet renews its own certificate.
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

  test("is in one batch, which passes it to the agent", () => {
    const told = running("batch").flatMap(([, batch]) => {
      const { artefacts } = requestOf(batch) as BatchRequest;
      expect(artefacts).toHaveLength(
        Object.keys(triggersOf(batch) ?? {}).length,
      );
      return artefacts.map(({ spec }) => spec);
    });

    expect(told.sort()).toEqual(
      artefacts
        .map(([id]) => `\${terraform_data.${id}.triggers_replace["spec"]}`)
        .sort(),
    );
  });
});

test("each node has one batch, and there is one rollout for all of them", () => {
  const titles = running("batch").map(
    ([, batch]) => (requestOf(batch) as BatchRequest).title,
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

test("only the teardown runs on destroy, and node batches and rollouts depend on it", () => {
  expect(text.match(/"when": "destroy"/g)).toHaveLength(1);
  const [[teardown, { depends_on, ...rest }]] = running("teardown");
  expect(depends_on).toBeUndefined();
  // Its only trigger is its kind, which never replaces it.
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

  test("equals what an app writes, although it is written to a temporary folder", () => {
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
