// Generates the table of all props, lib/props/table.ts, from the types of the public API.
import { join } from "node:path";
import { wrap } from "../lib/cli/text";
import ts from "typescript";

export const PROPS_TABLE = "lib/props/table.ts";

/** The content of the table for the current types. */
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

/** A list of values that is too long for a line may end at each of them. */
const breakable = (line: string): string =>
  line
    .split(" ")
    .map((word) => (word.length > 100 ? word.replaceAll('"|"', '"| "') : word))
    .join(" ");

class Table {
  private readonly props = new Map<string, readonly string[]>();
  private readonly factories = new Map<string, readonly string[]>();
  private readonly interfaces = new Map<string, readonly string[]>();

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
 * All props and the types of their values, to check programs that no compiler has checked. \`npm run docs\` writes this
 * file from the types. \`?\` is optional, \`[]\` is a list, \`{}\` is a map with any keys, and \`;\` ends each property.
 */
export const PROPS = {
${rows(this.props, (lines) => `\`\n${wrap(lines.map((line) => `${breakable(line)};`).join(" "), 116).join("\n")}\n\``)}
} as const;

/** The static methods and constants that return values of a class. */
export const FACTORIES = {
${rows(this.factories, (names) => `"${names.join(" ")}"`)}
} as const;

/** The members that every object of an interface has. */
export const INTERFACES = {
${rows(this.interfaces, (names) => `"${names.join(" ")}"`)}
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

  /** Adds the props of static methods. Unnamed ones are named after their method. */
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

  /** @param place the name for unnamed props */
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
    if (has(symbol, ts.SymbolFlags.Class))
      return isOurs ? this.classText(symbol) : `class ${symbol.name}`;
    // A type such as `Omit<…>` has no name, either.
    const isAnonymous = symbol.name === "__type";
    // An interface such as ICertificateAuthority, which any object with its members implements.
    if (/^I[A-Z][a-z]/.test(symbol.name)) return this.interfaceText(type);
    const isProps = has(symbol, ts.SymbolFlags.Interface) && isOurs;
    if (!(isProps || isAnonymous) || type.getCallSignatures().length > 0)
      throw new Error(`${place} has a type that the table cannot describe`);
    const name = isAnonymous ? place : symbol.name;
    this.addProps(name, type);
    return name;
  }

  private interfaceText(type: ts.Type): string {
    const { name } = type.symbol;
    const members = type
      .getProperties()
      .filter((each) => !has(each, ts.SymbolFlags.Optional))
      .filter((each) => !isInternal(each));
    this.interfaces.set(
      name,
      members.map((each) => each.name),
    );
    return `interface ${name}`;
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

/** The rows of a table, sorted by name, so that the order of declarations does not matter. */
const rows = (
  map: ReadonlyMap<string, readonly string[]>,
  text: (lines: readonly string[]) => string,
): string =>
  [...map]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, lines]) => {
      const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
      const line = `  ${key}: ${text(lines)},`;
      // Broken in the same way as Prettier would.
      return line.length > 80 && !line.includes("\n")
        ? line.replace(": ", ":\n    ")
        : line;
    })
    .join("\n");
