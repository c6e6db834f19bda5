import {
  placesOf,
  reference,
  referredFiles,
  valueAt,
} from "../../lib/render/references";

const LOOKALIKES = [
  { $base64: "pki/ca.key" },
  { $text: { file: "/etc/passwd", sha256: "0" } },
  { $token: "own" },
  { $yaml: { $base64: "pki/ca.key" } },
  { $checksum: "data" },
];

test.each(LOOKALIKES)(
  "%j is data unless rendering made it a reference",
  (value) => {
    expect(placesOf([value, { a: [value] }])).toEqual([]);
  },
);

test("references are found at any depth, in every document", () => {
  const ca = reference({ $base64: "pki/ca.crt" });
  const documents = [
    { kind: "A" },
    { data: { file: reference({ $yaml: { clusters: [{}, { ca }] } }) } },
    ca,
  ];
  expect(placesOf(documents)).toEqual([
    { document: 1, keys: ["data", "file"] },
    { document: 1, keys: ["data", "file", "$yaml", "clusters", 1, "ca"] },
    { document: 2, keys: [] },
  ]);
});

test("a copy of a reference is data, so rendering must pass on the original", () => {
  const copy = { ...reference({ $base64: "pki/ca.crt" }) };
  expect(placesOf([copy])).toEqual([]);
});

test("an instance of a class, such as a token, is not searched", () => {
  const token = new (class {
    readonly self = this;
    readonly $base64 = "pki/ca.key";
  })();
  expect(placesOf([{ token }])).toEqual([]);
});

test("the referred files are those in references, not those in data", () => {
  const documents = [
    {
      ca: reference({ $base64: "pki/ca.crt" }),
      own: reference({ $base64: "key" }),
      data: { $base64: "pki/ca.key" },
    },
  ];
  expect(referredFiles(documents, placesOf(documents))).toEqual(["pki/ca.crt"]);
});

test.each([
  ["a"],
  ["toString"],
  ["__proto__"],
  ["list", "length", "x"],
  ["list", 7],
])("there is no value at a path of missing keys (%s)", (...keys) => {
  expect(valueAt({ list: [] }, keys)).toBeUndefined();
});
