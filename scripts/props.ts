// The table of all props, lib/props/table.ts, as it follows from the types of the public API.
import { join } from "node:path";
import { wrap } from "../lib/cli/text";
import ts from "typescript";

export const PROPS_TABLE = "lib/props/table.ts";

/** The table as it follows from the types of today. */
export function propsTable(root: string): string {
  const index = join(root, "lib/index.ts");
  const program = ts.createProgram([index], {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  const table = new Table(program.getTypeChecker());
  table.addExportsOf(program.getSourceFile(index)!);
  return table.toString();
}

class Table {
  private readonly props = new Map<string, readonly string[]>();
  private readonly factories = new Map<string, readonly string[]>();

  constructor(private readonly checker: ts.TypeChecker) {}

  addExportsOf(file: ts.SourceFile): void {
    const module = this.checker.getSymbolAtLocation(file)!;
    for (const each of this.checker.getExportsOfModule(module)) {
      const symbol = has(each, ts.SymbolFlags.Alias)
        ? this.checker.getAliasedSymbol(each)
        : each;
      const type = this.checker.getDeclaredTypeOfSymbol(symbol);
      if (has(symbol, ts.SymbolFlags.Interface)) {
        if (symbol.name.endsWith("Props")) this.addProps(symbol.name, type);
      } else if (has(symbol, ts.SymbolFlags.Class)) this.addMethods(symbol);
    }
  }

  toString(): string {
    return `/**
 * All props and what each takes, for programs that no compiler checks. Written by \`npm run docs\` from the types, which
 * say what everything means. \`?\` is optional, \`[]\` a list, \`{}\` a map by any names; a \`;\` ends each.
 */
export const PROPS = {
${rows(this.props, (lines) => `\`\n${wrap(lines.map((line) => `${line};`).join(" "), 100).join("\n")}\n\``)}
} as const;

/** How values of a class are made. */
export const FACTORIES = {
${rows(this.factories, (names) => `"${names.join(" ")}"`)}
} as const;
`;
  }

  private addProps(name: string, type: ts.Type): void {
    if (this.props.has(name)) return;
    this.props.set(name, []);
    const lines = type.getProperties().map((property) => {
      const mark = has(property, ts.SymbolFlags.Optional) ? "?" : "";
      const text = isInternal(property)
        ? "any"
        : this.textOf(
            this.checker.getTypeOfSymbol(property),
            `${name}.${property.name}`,
          );
      return `${property.name}${mark} ${text}`;
    });
    this.props.set(name, lines);
  }

  /** What static methods take whose props have no name of their own. */
  private addMethods({ name, exports = new Map() }: ts.Symbol): void {
    for (const method of exports.values()) {
      const [declaration] = method.declarations ?? [];
      if (!declaration || !ts.isMethodDeclaration(declaration)) continue;
      if (isPrivate(method) || isInternal(method)) continue;
      for (const parameter of declaration.parameters)
        this.textOf(
          this.checker.getTypeAtLocation(parameter),
          `${name}.${method.name}`,
        );
    }
  }

  /** @param place names props that have no name of their own */
  private textOf(type: ts.Type, place: string): string {
    if (type.isUnion()) return this.unionText(type, place);
    if (type.isStringLiteral()) return `"${type.value}"`;
    if (has(type, ts.TypeFlags.Null)) return "null";
    if (has(type, ts.TypeFlags.String)) return "string";
    if (has(type, ts.TypeFlags.NumberLike)) return "number";
    if (has(type, ts.TypeFlags.BooleanLike)) return "boolean";
    if (has(type, ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return "any";
    if (this.checker.isArrayLikeType(type)) {
      const [item] = this.checker.getTypeArguments(type as ts.TypeReference);
      const text = this.textOf(item, place);
      return text.includes("|") ? `(${text})[]` : `${text}[]`;
    }
    const values = type.getStringIndexType();
    return values
      ? `{${this.textOf(values, place)}}`
      : this.objectText(type, place);
  }

  private unionText(type: ts.UnionType, place: string): string {
    const texts = type.types
      .filter((each) => !has(each, ts.TypeFlags.Undefined))
      .map((each) => this.textOf(each, place));
    return [...new Set(texts)].sort().join("|");
  }

  private objectText(type: ts.Type, place: string): string {
    const { symbol } = type;
    const [declaration] = symbol.declarations ?? [];
    const isOurs =
      declaration !== undefined &&
      !declaration.getSourceFile().fileName.includes("node_modules");
    if (has(symbol, ts.SymbolFlags.Class) && isOurs)
      return this.classText(symbol);
    // An `Omit<…>` has no name, either.
    const isAnonymous = symbol.name === "__type";
    // Such as IStore: whatever has its members.
    const isReference = /^I[A-Z][a-z]/.test(symbol.name);
    const isProps =
      has(symbol, ts.SymbolFlags.Interface) && isOurs && !isReference;
    if (!(isProps || isAnonymous) || type.getCallSignatures().length > 0)
      return "object";
    const name = isAnonymous ? place : symbol.name;
    this.addProps(name, type);
    return name;
  }

  private classText({ name, exports = new Map() }: ts.Symbol): string {
    const made = [...exports.values()].filter(
      (each) =>
        has(each, ts.SymbolFlags.Method | ts.SymbolFlags.Property) &&
        each.declarations !== undefined &&
        !isPrivate(each) &&
        !isInternal(each),
    );
    this.factories.set(
      name,
      made.map((each) =>
        has(each, ts.SymbolFlags.Method) ? `${each.name}()` : each.name,
      ),
    );
    return `class ${name}`;
  }
}

const has = ({ flags }: { readonly flags: number }, flag: number): boolean =>
  (flags & flag) !== 0;

const isPrivate = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some(
    (each) =>
      (ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Private) !== 0,
  );

const isInternal = (symbol: ts.Symbol): boolean =>
  symbol.getJsDocTags().some(({ name }) => name === "internal");

/** By name, so that the order of declarations changes nothing. */
const rows = (
  map: ReadonlyMap<string, readonly string[]>,
  text: (lines: readonly string[]) => string,
): string =>
  [...map]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, lines]) => {
      const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
      const line = `  ${key}: ${text(lines)},`;
      // As Prettier breaks it.
      return line.length > 80 && !line.includes("\n")
        ? line.replace(": ", ":\n    ")
        : line;
    })
    .join("\n");
