import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readContents } from "../../lib/cli/plan/contents";
import { MANIFEST_FILE } from "../../lib/request/manifest";

describe("the manifest of a stack", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "manifest-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const write = (text: string): void =>
    writeFileSync(join(directory, MANIFEST_FILE), text);
  const read = (workspace?: string) =>
    readContents(
      {
        name: "prod",
        directory,
        dependencies: [],
        annotations: [],
      },
      workspace,
    );
  const MANIFEST = {
    version: 1,
    stack: "prod",
    workingDirectory: "../../..",
    stores: [
      {
        directory: "clusters/${terraform.workspace}/a",
        resources: [
          { address: "a.b", kind: "teardown", retainAuthorities: false },
          { address: "a.c", kind: "guard" },
        ],
      },
    ],
  };

  test("lists this library's resources, for the workspace that is given", () => {
    write(JSON.stringify(MANIFEST));
    const { resources, stores } = read("staging");
    expect([...resources.keys()]).toEqual(["a.b", "a.c"]);
    expect(stores).toMatchObject([
      {
        directory: join(directory, "clusters/staging/a"),
        addresses: ["a.b", "a.c"],
        teardown: { store: "clusters/staging/a", retainAuthorities: false },
      },
    ]);
  });

  test("is absent if the stack does not use this library", () => {
    expect(read()).toEqual({
      resources: new Map(),
      stores: [],
      outputs: new Set(),
    });
  });

  test("fails when it is missing beside an agent", () => {
    mkdirSync(join(directory, "assets/control-plane-agent"), {
      recursive: true,
    });
    expect(() => read()).toThrow(
      /^prod: .*control-plane\.json, .* is missing\. Nothing was done\.\n[^]*same version[^]*synthesize again/,
    );
  });

  test("fails when its version is newer, whatever else it contains", () => {
    write('{ "version": 2, "stores": "elsewhere" }');
    expect(() => read()).toThrow(
      /^prod: .* has format version 2, but this command line reads only up to version 1: a newer version/,
    );
  });

  test.each([
    "",
    "no JSON",
    "[]",
    "{}",
    '{ "version": "1" }',
    JSON.stringify({ ...MANIFEST, stores: [{ directory: "a" }] }),
    JSON.stringify({
      ...MANIFEST,
      stores: [{ directory: "a", resources: [{ kind: "guard" }] }],
    }),
    ...[
      { address: "a.b", kind: "artefact", files: "a", batch: "a.c" },
      { address: "a.b", kind: "rollout", title: "a", unknown: [] },
      { address: "a.b", kind: "toString" },
    ].map((row) =>
      JSON.stringify({
        ...MANIFEST,
        stores: [{ directory: "a", resources: [row] }],
      }),
    ),
  ])("fails when it contains anything else: %s", (text) => {
    write(text);
    expect(() => read()).toThrow(
      /^prod: .*control-plane\.json cannot be read: .*\n.*Synthesize again/,
    );
  });
});
