import type { Contents, StackStore } from "../../lib/cli/plan/contents";
import { fileChanges } from "../../lib/cli/plan/file-changes";
import type { State } from "../../lib/cli/plan/state";
import type { ArtefactKind } from "../../lib/request/artefact";
import { toYaml } from "../../lib/render/yaml";
import { authority } from "../agent/support/artefacts";
import { Workplace } from "../agent/support/workplace";

const FILE = "nodes/cp-1/root/etc/kubernetes/a.crt";

const contentsWith = (of: ArtefactKind): Contents => ({
  resources: new Map([
    [
      "terraform_data.a",
      {
        kind: "artefact",
        address: "terraform_data.a",
        files: [FILE],
        batch: "batch",
        of,
        store: {} as StackStore,
      },
    ],
  ]),
  stores: [],
  outputs: new Set(),
});

const state: State = {
  resources: new Map(),
  kinds: new Map([["terraform_data.left", "artefact"]]),
};

type Triggers = Readonly<Record<string, string>>;

const replaced = (
  before: Triggers,
  after: Triggers,
  unknown: readonly string[] = [],
  of: ArtefactKind = "text",
) =>
  fileChanges(
    JSON.stringify({
      resource_changes: [
        {
          address: "terraform_data.a",
          change: {
            actions: ["delete", "create"],
            before: { triggers_replace: before },
            after: { triggers_replace: after },
            after_unknown: {
              triggers_replace: Object.fromEntries(
                unknown.map((name) => [name, true]),
              ),
            },
          },
        },
      ],
    }),
    contentsWith(of),
    state,
    () => ["a.crt was edited in the store"],
  );

const spec = (names: readonly string[], previous?: string) =>
  toYaml({
    ...(previous && { previous: { certificate: previous } }),
    subject: { commonName: "a" },
    names,
    usages: ["serverAuth"],
    keyAlgorithm: "RSA-2048",
    validity: "8760h0m0s",
  });

const reasonsOf = (...given: Parameters<typeof replaced>) =>
  replaced(...given)[0].reasons;

describe("why files are replaced", () => {
  it.each<[string, Parameters<typeof replaced>, string[]]>([
    [
      "the file is not intact",
      [{ intact: "1", spec: "s" }, { spec: "s" }, ["intact"]],
      ["a.crt was edited in the store"],
    ],
    [
      "something that it is made from",
      [{ "from pki/ca.crt": "1" }, {}, ["from pki/ca.crt"]],
      ["made from pki/ca.crt, which changes"],
    ],
    [
      "something from which it is not made any more",
      [{ "from pki/ca.crt": "1" }, {}],
      ["no longer made from pki/ca.crt"],
    ],
    [
      "something from which it was not made before",
      [{}, {}, ["from pki/ca-2.crt"]],
      ["from now on made from pki/ca-2.crt"],
    ],
    [
      "a previous CA that is not trusted any more",
      [{ spec: spec([], "pki/ca.crt") }, { spec: spec([]) }, [], "authority"],
      ["also trusted: pki/ca.crt -> nothing"],
    ],
    [
      "its renewal",
      [{}, { renew_before: "720h" }],
      ["renewBefore: a third of its lifetime -> 720h"],
    ],
    [
      "a check",
      [{ check: "" }, { check: "x" }],
      ["the last check found that it is no longer so"],
    ],
    [
      "its mode",
      [{ files: `${FILE} 0644` }, { files: `${FILE} 0600` }],
      ["a.crt: 0644 -> 0600"],
    ],
    [
      "a text that is known only at apply",
      [{ spec: "a" }, {}, ["spec"]],
      ["its content is known only at apply"],
    ],
    [
      "the names of a certificate",
      [{ spec: spec(["a"]) }, { spec: spec(["a", "b"]) }, [], "certificate"],
      ["names: + b"],
    ],
    [
      "a trigger of a later version",
      [{ later: "1" }, { later: "2" }],
      ["later changes"],
    ],
  ])("is said in words: %s", (_, given, reasons) => {
    expect(reasonsOf(...given)).toEqual(reasons);
  });

  it("is shown by the text before and after, if that is known", () => {
    expect(replaced({ spec: "a" }, { spec: "b" })).toEqual([
      {
        action: "replace",
        files: [FILE],
        reasons: [],
        text: { before: "a", after: "b" },
      },
    ]);
  });
});

/** A plan that removes the resource that has left the program. */
const removal = (files: string): string =>
  JSON.stringify({
    resource_changes: [
      {
        address: "terraform_data.left",
        change: {
          actions: ["delete"],
          before: { triggers: { files } },
          after: null,
          after_unknown: false,
        },
      },
    ],
  });

test("removed files are named, unless another resource makes them now", () => {
  const left = (files: string) =>
    fileChanges(removal(files), contentsWith("text"), state, () => []);
  expect(left("old.yaml 0644")).toEqual([
    { action: "remove", files: ["old.yaml"], reasons: [] },
  ]);
  expect(left(`${FILE} 0644`)).toEqual([]);
});

test("the files of a CA that leaves the program are said to stay in the store", async () => {
  const place = new Workplace();
  await place.batch([authority()]);
  const store = { directory: place.store.directory } as StackStore;
  expect(
    fileChanges(
      removal("pki/ca.crt 0644\npki/ca.key 0600"),
      { ...contentsWith("text"), stores: [store] },
      state,
      () => [],
    ),
  ).toEqual([
    {
      action: "remove",
      files: ["pki/ca.crt", "pki/ca.key"],
      reasons: ["it is no longer used, and stays in the store"],
    },
  ]);
});

test("a plan that cannot be read has no file changes", () => {
  expect(fileChanges("", contentsWith("text"), state, () => [])).toEqual([]);
});
