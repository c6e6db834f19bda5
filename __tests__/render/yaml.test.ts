import { parse } from "yaml";
import { CORE_SCHEMA, load, YAML11_SCHEMA } from "js-yaml";
import { toYaml, toYamlDocuments } from "../../lib/render/yaml";

/** Strings that one parser or another would read as something else. */
const AMBIGUOUS = [
  ..."~ null Null NULL true True TRUE false yes Yes no NO on off y Y n N << =".split(
    " ",
  ),
  ..."0 7 +1 -1 007 0777 0b101 0o14 0O14 0x1F 0X1f -0x1 1_000 _1 1e3 1E3 -1e-3 1.5 1. .5 +.5 1e+3".split(
    " ",
  ),
  ..."1:30 190:20:30 20:03.5 .inf -.INF .nan .NaN 2001-12-14 2001-1-1 2001-12-14T21:59:43Z".split(
    " ",
  ),
  "2001-12-14 21:59:43",
  "",
  "- a",
  "a: b",
  "#a",
  "a #b",
  "*a",
  "&a",
  "!a",
  "%a",
  "@a",
  "`a`",
  "[a",
  "{a",
  "a\nb",
  "a\nb\n",
  " a ",
  "\ttab",
  "it's",
  '"quoted"',
  "ünï",
  "a\u0085b",
  "a\u2028b",
  "---",
  "...",
  "--- a",
  "--- &a",
  "---\ta",
  "... a",
  "2001-12-14\u2028a",
  "2001-12-14T\u0085\u2029",
  "2001-12-14\na",
  "---\u007f",
  "?",
  "-",
];

/** Strings that are easier to read without quotes. */
const PLAIN = [
  ..."kube-apiserver 10.96.0.10 192.168.100.155 10.244.0.0/16 fd00:10::/64 v1.36.3 100Mi 250m 24h0m0s 8760h0m0s".split(
    " ",
  ),
  ..."--secure-port=6443 /etc/kubernetes/pki registry.k8s.io/etcd:3.6.8-0 system:node:cp-1 1.36.3 4Gi".split(
    " ",
  ),
];

test.each(AMBIGUOUS)(
  "the string %j stays a string in YAML 1.1 and in 1.2",
  (text) => {
    const yaml = toYaml({ key: text, [text || "empty"]: [text] });
    for (const schema of [YAML11_SCHEMA, CORE_SCHEMA]) {
      expect(load(yaml, { schema })).toEqual({
        key: text,
        [text || "empty"]: [text],
      });
    }
  },
);

test.each(
  AMBIGUOUS.slice(0, 60).filter((text) => /^[-+.~0-9a-zA-Z_:]+$/.test(text)),
)("the string %j is quoted, so that no parser has to guess", (text) =>
  expect(toYaml(text)).toMatch(/^(['"]).*\1\n$/),
);

test.each(PLAIN)("%s is written without quotes", (text) =>
  expect(toYaml(text)).toBe(`${text}\n`),
);

test.each(["1.1", "1.2"] as const)(
  "another implementation of YAML %s reads the same strings",
  (version) => {
    const strings = [...AMBIGUOUS, ...PLAIN];
    expect(parse(toYaml(strings), { version })).toEqual(strings);
  },
);

test("numbers, booleans and null keep their types", () => {
  expect(toYaml({ a: 1, b: true, c: null, d: 2000001000 })).toBe(
    "a: 1\nb: true\nc: null\nd: 2000001000\n",
  );
});

test("long lines are not folded and equal objects are not anchored", () => {
  const long = "word ".repeat(60).trim();
  const shared = { a: 1 };
  expect(toYaml({ long, one: shared, two: shared })).toBe(
    `long: ${long}\none:\n  a: 1\ntwo:\n  a: 1\n`,
  );
});

test("keys keep their order", () => {
  expect(toYaml({ b: 1, a: 2 })).toBe("b: 1\na: 2\n");
});

test("documents are separated by three dashes", () => {
  expect(toYamlDocuments([{ a: 1 }, { b: 2 }])).toBe("a: 1\n---\nb: 2\n");
});

test("fails when a value cannot be represented in YAML", () => {
  expect(() => toYaml({ a: () => 1 })).toThrow();
});

test.each([
  "2001-12-14\u2028a",
  "2001-12-14T\u0085\u2029",
  "2001-12-14\na",
  "---\u007fa",
  "...\u001b[2J",
])(
  "%j is written in escapes, because YAML 1.1 has more line breaks and fewer characters",
  (text) => expect(toYaml({ [text]: [text] })).toMatch(/^[\n -~]+$/),
);
