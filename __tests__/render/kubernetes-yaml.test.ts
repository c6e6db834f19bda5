import { fromYaml } from "../../lib/base/yaml";
import { toYaml } from "../../lib/render/yaml";

test.each([
  0,
  -1,
  0.5,
  1e-7,
  1e21,
  -1.5e300,
  2 ** 53,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
])("the number %p is read back unchanged", (number) => {
  expect(fromYaml(toYaml({ number }))).toEqual({ number });
});

test.each([
  ..."2001-12-14 1:20 0o14 014 0b1 1_000 .5 1e3 yes off ~ null << = *a &a !a %a @a".split(
    " ",
  ),

  "",
  " a ",
  "a: b",
  "# a",
  "- a",
  "a\nb\n",
  "---\na",
  "...\n",
  "\u0085\u2028",
  "\u0001\u001b\u007f\u0080",
  "${x} %{y}",
  '{"$base64": "pki/ca.key"}',
])("the text %j is read back unchanged, as a value and as a key", (text) => {
  const value = { [text]: text, list: [text, { [text]: [text] }] };
  expect(fromYaml(toYaml(value))).toEqual(value);
});
