import * as helmProvider from "@cdktf/provider-helm/lib/provider";
import * as helmRelease from "@cdktf/provider-helm/lib/release";
import * as nullProvider from "@cdktf/provider-null/lib/provider";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as cdktf from "cdktf";
import ts from "typescript";
import * as library from "../../lib";
import * as testing from "../../lib/testing";
import { type Block, ROOT } from "./markdown";

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

/** The errors that tsc finds, with their lines in the pages. */
export function typeErrors(blocks: readonly Block[]): string[] {
  const { config } = ts.readConfigFile(
    join(ROOT, "tsconfig.json"),
    ts.sys.readFile,
  );
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const files = new Map(
    blocks.map((block, i) => [join(ROOT, `snippet-${i}.ts`), block]),
  );
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    const block = files.get(name);
    return block
      ? ts.createSourceFile(name, programOf(block).text, ts.ScriptTarget.ES2022)
      : getSourceFile(name, ...rest);
  };
  const program = ts.createProgram(
    [...files.keys()],
    {
      ...options,
      noUnusedLocals: false,
      types: ["node", "jest"],
    },
    host,
  );
  return [...files].flatMap(([name, block]) => {
    const file = program.getSourceFile(name);
    return ts
      .sortAndDeduplicateDiagnostics([
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ])
      .map(({ start = 0, messageText }) => {
        const line =
          block.line +
          file!.getLineAndCharacterOfPosition(start).line -
          programOf(block).offset;
        return `${block.page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      });
  });
}

/** Runs a block in a folder with the files of its page. */
export function run(block: Block, files: ReadonlyMap<string, string>): void {
  const folder = fs.mkdtempSync(join(tmpdir(), "snippet-"));
  for (const [name, text] of files) {
    fs.mkdirSync(dirname(join(folder, name)), { recursive: true });
    fs.writeFileSync(join(folder, name), text);
  }
  const { outputText } = ts.transpileModule(programOf(block).text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
    },
  });
  const load = (name: string): unknown => MODULES[name];
  const before = process.cwd();
  process.chdir(folder);
  try {
    new Function("require", "exports", "module", outputText)(load, {}, {});
  } finally {
    process.chdir(before);
    fs.rmSync(folder, { recursive: true });
  }
}
