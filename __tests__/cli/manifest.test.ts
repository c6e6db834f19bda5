import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readContents } from "../../lib/cli/plan/contents";
import { MANIFEST_FILE } from "../../lib/request/manifest";
import { controlPlane, program, Project } from "./support/project";

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

  test("says which resources are this library's, in the workspace of whoever asks", () => {
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

  test("is not there where nothing of this library is", () => {
    expect(read()).toEqual({ resources: new Map(), stores: [] });
  });

  test("fails when it is missing beside an agent", () => {
    mkdirSync(join(directory, "assets/control-plane-agent"), {
      recursive: true,
    });
    expect(() => read()).toThrow(
      /^prod: .*control-plane\.json is missing, .* Nothing was done\.\n[^]*same version[^]*synthesize anew/,
    );
  });

  test("fails when it is newer, whatever else it holds", () => {
    write('{ "version": 2, "stores": "elsewhere" }');
    expect(() => read()).toThrow(
      /^prod: .* has the format 2, and this command line reads up to 1: a newer version/,
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
  ])("fails when it holds something else: %s", (text) => {
    write(text);
    expect(() => read()).toThrow(
      /^prod: .*control-plane\.json cannot be read: .*\n.*Synthesize anew/,
    );
  });
});

describe("a project", () => {
  const project = new Project(program(controlPlane(["cp-1"])));
  afterAll(() => project.end());
  const path = `cdktf.out/stacks/stack/${MANIFEST_FILE}`;
  /** A Terraform that is there, and does nothing: what is synthesized stays. */
  const synthesized = () => {
    project.write(
      "bin/terraform",
      '#!/bin/sh\n[ "$1" = version ] && echo \'{"terraform_version": "1.11.4"}\' && exit 0\nexit 3\n',
      0o755,
    );
    return project.run("deploy", {
      TERRAFORM_BINARY_NAME: project.path("bin/terraform"),
    });
  };

  test("fails when its manifest was lost, before anything is looked at", async () => {
    await synthesized();
    rmSync(project.path(path));
    for (const command of ["inspect", "check"]) {
      const { exitCode, stdout, stderr } = await project.run(command);
      expect([exitCode, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/^Error: stack: .*is missing/);
    }
  });

  test("has its manifest again after the next synthesis, and none when nothing of this library is left", async () => {
    await synthesized();
    const { stores } = JSON.parse(readFileSync(project.path(path), "utf8")) as {
      stores: unknown[];
    };
    expect(stores).toHaveLength(1);
    project.write("main.ts", program(""));
    await synthesized();
    expect(existsSync(project.path(path))).toBe(false);
    const { stderr } = await project.run("inspect clusters/none");
    expect(stderr).not.toContain("is missing");
  });
});
