import { join } from "node:path";
import ts from "typescript";
import { type Block, ROOT } from "./markdown";
import { programOf } from "./snippets";

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
