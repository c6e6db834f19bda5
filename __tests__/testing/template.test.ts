import { readTemplate } from "../../lib/testing/template";

const text = (template: string) => readTemplate(template, (whole) => whole);

test.each([
  ["a plain text", "a plain text"],
  ["$${a} and %%{ b }, $5 and 100 %", "${a} and %{ b }, $5 and 100 %"],
  ["${jsonencode(a.b.c)}", "${a.b.c}"],
  ['${jsonencode("--a=${b}:1")}', "--a=${b}:1"],
  ['${jsonencode("\\"${b}\\" $${c} \\u0008")}', '"${b}" ${c} \b'],
  ['x ${f("}", "${g("{")}")} y', 'x ${f("}", "${g("{")}")} y'],
  ['${jsonencode("a" == b ? "c" : "d")}', '${"a" == b ? "c" : "d"}'],
  ["$${a}${b}", "${a}${b}"],
  ["$$${b}", "$${b}"],
  ["unknown-0x ${b}", "unknown-0x ${b}"],
  ["${b", "${b}"],
])("reads the template %j as %j", (template, expected) => {
  expect(text(template)).toBe(expected);
});

test("the parser sees no syntax of an expression", () => {
  const seen = readTemplate('a: ${f(": # \\n - ")}\n', (whole) => {
    expect(whole).not.toContain(":#");
    return { whole };
  });
  expect(seen.whole).toBe('a: ${f(": # \\n - ")}\n');
});
