import ts from "typescript";
import { join } from "node:path";
import { withTables } from "../../scripts/tables";
import { PAGES, read, ROOT } from "./markdown";

test.each(PAGES.filter((page) => read(page).includes("<!-- table: ")))(
  "the tables of %s are current (if not: npm run docs)",
  (page) => {
    expect(read(page)).toBe(withTables(read(page)));
  },
);

describe("the API", () => {
  const program = ts.createProgram([join(ROOT, "lib/index.ts")], {
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const index = checker.getSymbolAtLocation(
    program.getSourceFile(join(ROOT, "lib/index.ts"))!,
  )!;
  const symbols = checker
    .getExportsOfModule(index)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias
        ? checker.getAliasedSymbol(symbol)
        : symbol,
    );
  const members = symbols.flatMap((symbol) =>
    [
      ...(symbol.members?.values() ?? []),
      ...(symbol.flags & ts.SymbolFlags.Class ? symbol.exports!.values() : []),
    ]
      .filter(isPublic)
      .map((member) => ({ of: symbol, member })),
  );
  const nameOf = ({ of, member }: (typeof members)[0]) =>
    `${of.name}.${member.name}`;

  test("has a doc comment on each export and each member", () => {
    const isUndocumented = (symbol: ts.Symbol) =>
      symbol.getDocumentationComment(checker).length === 0;
    expect(symbols.filter(isUndocumented).map(({ name }) => name)).toEqual([]);
    expect(
      members.filter(({ member }) => isUndocumented(member)).map(nameOf),
    ).toEqual([]);
  });

  test("documents the default of each optional property", () => {
    const undocumented = members
      .filter(({ of }) => of.flags & ts.SymbolFlags.Interface)
      .filter(({ member }) => member.flags & ts.SymbolFlags.Optional)
      .filter(({ member }) => !tagsOf(member).includes("default"));
    expect(undocumented.map(nameOf)).toEqual([]);
  });
});

function tagsOf(symbol: ts.Symbol): string[] {
  return symbol.getJsDocTags().map(({ name }) => name);
}

function isPublic(symbol: ts.Symbol): boolean {
  if (/^__|^prototype$/.test(symbol.name)) return false;
  if (tagsOf(symbol).includes("internal")) return false;
  return (symbol.declarations ?? []).every((declaration) => {
    const flags = ts.getCombinedModifierFlags(declaration);
    return !(flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected));
  });
}
