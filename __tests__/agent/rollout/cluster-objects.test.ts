import { AgentError } from "../../../lib/base/errors";
import { stepsOf } from "../../../lib/agent/cluster/documents";
import { objectFiles } from "../../../lib/agent/rollout/cluster-objects";
import { text } from "../support/artefacts";
import { Workplace } from "../support/workplace";

const FILE = "objects/a.yaml";

/** The objects that would be sent to the API for a user's manifest. */
async function read(manifest: string): Promise<unknown[]> {
  const place = new Workplace();
  await place.batch([text(FILE, manifest)]);
  const files = objectFiles({ objects: [FILE], nodes: [] }, place.store);
  return stepsOf(files)
    .flat()
    .map(({ object }) => object);
}

const configMap = (fields: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${fields}\n`;

test.each([
  ["data: {a: 2001-12-14}", { a: "2001-12-14" }],
  ["data: {a: 1:20, b: 20:03:20}", { a: "1:20", b: "20:03:20" }],
  ["data: {a: '2001-12-14', b: \"yes\"}", { a: "2001-12-14", b: "yes" }],
  [
    "data: {a: yes, b: 0x1F, c: 010, d: 1e3}",
    { a: true, b: 31, c: 8, d: 1000 },
  ],
  ["data: &x {a: b}\nmore: *x", { a: "b" }],
  ["base: &x {a: b}\ndata: {<<: *x, c: d}", { a: "b", c: "d" }],
  [
    'data: {"<<": {"$base64": pki/ca.key}}',
    { "<<": { $base64: "pki/ca.key" } },
  ],
])(
  "a user's manifest is read as kubectl reads it: %s",
  async (fields, data) => {
    expect(await read(configMap(fields))).toEqual([
      expect.objectContaining({ data }),
    ]);
  },
);

test("a key with the name of a property that every JavaScript object has is kept", async () => {
  const [object] = await read(
    configMap("data: {__proto__: {a: b}, toString: c}"),
  );
  expect(JSON.stringify(object)).toContain(
    '{"__proto__":{"a":"b"},"toString":"c"}',
  );
});

test("empty documents are skipped", async () => {
  const manifest = `---\n# nothing\n---\n${configMap("data: {}")}---\n---\n`;
  expect(await read(manifest)).toHaveLength(1);
});

test.each([
  ["data: [", "deficient indentation"],
  ["data: {a: b, a: c}", "duplicated mapping key"],
  ["data: !!js/function x", "unknown scalar tag"],
  ["data: &x {a: *x}", "an alias contains itself"],
  ["data: *nothing", "unidentified alias"],
])(
  "fails if the file is not Kubernetes YAML (%s), without showing its content",
  async (fields, reason) => {
    const reading = read(configMap(`secret: hunter2\n${fields}`));
    await expect(reading).rejects.toThrow(
      `${FILE} is not YAML that Kubernetes accepts`,
    );
    await expect(reading).rejects.toThrow(reason);
    await expect(reading).rejects.not.toThrow("hunter2");
  },
);

test.each([
  ["name: kube-system/coredns", "metadata.name"],
  ["name: ..", "metadata.name"],
  ["name: a%2Fb", "metadata.name"],
  ["name: 7", "metadata.name"],
  ["name: a, namespace: kube-system/coredns", "metadata.namespace"],
])(
  "fails if a name (%s) could be mistaken for that of another object",
  async (metadata, field) => {
    const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata: {${metadata}}\n`;
    await expect(read(manifest)).rejects.toThrow(
      `An object in ${FILE} has the ${field}`,
    );
  },
);

test.each(["null", "{}"])("fails when the metadata is %s", async (metadata) => {
  const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata: ${metadata}\n`;
  await expect(read(manifest)).rejects.toThrow("has no metadata.name");
});

test.each(["text", "[a]", "7"])(
  "fails when a document is %s",
  async (document) => {
    await expect(read(document)).rejects.toThrow("has no apiVersion");
  },
);

test.each([
  [
    "a number as its apiVersion",
    "apiVersion: 1\nkind: ConfigMap",
    "has no apiVersion",
  ],
  ["true as its kind", "apiVersion: v1\nkind: true", "has no kind"],
  [
    "nothing in a List",
    "apiVersion: v1\nkind: List\nitems: [null]",
    "has no apiVersion",
  ],
  [
    "a number as the items of a List",
    "apiVersion: v1\nkind: List\nitems: 5",
    "has no apiVersion",
  ],
  [
    "a text as the taints of a Node",
    "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nspec: {taints: a}",
    `A Node in ${FILE} cannot be applied: spec.taints is a string, and a list is expected.`,
  ],
  [
    "a number as the label of a Node",
    "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {a: 1}}",
    "metadata.labels.a is a number",
  ],
  [
    "a number in a bootstrap token",
    "apiVersion: v1\nkind: Secret\ntype: bootstrap.kubernetes.io/token\nmetadata: {generateName: a}\nstringData: {a: 1}",
    `A Secret in ${FILE} cannot be applied: stringData.a is a number`,
  ],
])("fails when an object has %s", async (_, document, problem) => {
  await expect(read(document)).rejects.toThrow(problem);
  await expect(read(document)).rejects.toThrow(AgentError);
});
