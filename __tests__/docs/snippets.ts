import * as helmProvider from "@cdktf/provider-helm/lib/provider";
import * as helmRelease from "@cdktf/provider-helm/lib/release";
import * as nullProvider from "@cdktf/provider-null/lib/provider";
import { transformSync } from "@swc/core";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as cdktf from "cdktf";
import * as library from "../../lib";
import * as testing from "../../lib/testing";
import type { Block } from "./markdown";

/**
 * How a block of TypeScript in a page becomes a program. Without a mark, it is a whole program. With a mark, it is a
 * part of one:
 *
 * - `<!-- snippet: stack -->`: statements in a stack; `app` and `stack` exist.
 * - `<!-- snippet: cluster -->`: the same, and `controlPlane` exists too.
 * - `<!-- snippet: props -->`: properties of a control plane.
 * - `<!-- snippet: test -->`: a test for the reader's own program, which is only type-checked.
 *
 * `<!-- file: name -->` before a block of any language writes it to a file in the folder where the snippets of its page
 * run.
 */
const CLUSTER = {
  head: `const controlPlane = new ControlPlane(stack, "snippet", {
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  nodes: [{ name: "cp-1", address: "10.0.0.11" }],
`,
  tail: "});",
};
const FRAMES: Record<string, { head: string; tail: string }> = {
  stack: { head: "", tail: "app.synth();" },
  cluster: {
    head: `${CLUSTER.head}${CLUSTER.tail} void controlPlane;`,
    tail: "app.synth();",
  },
  props: { head: CLUSTER.head, tail: `${CLUSTER.tail} app.synth();` },
};

/** The modules that the pages import. */
const MODULES: Readonly<Record<string, unknown>> = {
  "cdktf-control-plane": library,
  "cdktf-control-plane/testing": testing,
  cdktf,
  "@cdktf/provider-helm/lib/provider": helmProvider,
  "@cdktf/provider-helm/lib/release": helmRelease,
  "@cdktf/provider-null/lib/provider": nullProvider,
  "node:fs": fs,
};

/** The program of a block. Its first `offset` lines are not from the page. */
export function programOf({ text, marks }: Block): {
  text: string;
  offset: number;
} {
  const frame = FRAMES[marks.snippet];
  if (!frame) return { text, offset: 0 };
  const head = [
    importAllBut(text, "cdktf-control-plane", Object.keys(library)),
    importAllBut(text, "cdktf", [
      "App",
      "Fn",
      "TerraformOutput",
      "TerraformResource",
      "TerraformStack",
    ]),
    'import { readFileSync } from "node:fs";',
    'const app = new App(); const stack = new TerraformStack(app, "snippet"); void readFileSync;',
    frame.head,
  ].join("\n");
  return {
    text: `${head}\n${text}${frame.tail}\nexport {};\n`,
    offset: head.split("\n").length,
  };
}

function importAllBut(
  text: string,
  module: string,
  names: readonly string[],
): string {
  const own = [...text.matchAll(/import (?:type )?\{([^}]*)\}/g)].flatMap(
    (match) => match[1].split(/[\s,]+/),
  );
  const wanted = names.filter((name) => !own.includes(name));
  return `import { ${wanted.join(", ")} } from "${module}";`;
}

/** Runs a block in a folder with the files of its page. */
export function run(block: Block, files: ReadonlyMap<string, string>): void {
  const folder = fs.mkdtempSync(join(tmpdir(), "snippet-"));
  for (const [name, text] of files) {
    fs.mkdirSync(dirname(join(folder, name)), { recursive: true });
    fs.writeFileSync(join(folder, name), text);
  }
  const { code } = transformSync(programOf(block).text, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  });
  const load = (name: string): unknown => MODULES[name];
  const before = process.cwd();
  process.chdir(folder);
  try {
    new Function("require", "exports", "module", code)(load, {}, {});
  } finally {
    process.chdir(before);
    fs.rmSync(folder, { recursive: true });
  }
}
