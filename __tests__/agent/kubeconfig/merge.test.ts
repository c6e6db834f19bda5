import { load } from "js-yaml";
import { parse } from "yaml";
import { config, KUBECTL, merge } from "./support/merge";

/** The reason why js-yaml cannot be used for users' kubeconfigs: kubectl reads this. */
test("a bracket without indentation is read, although js-yaml refuses it", () => {
  const text = KUBECTL + "preferences2:\n  args: [\n    a,\n  ]\n";
  expect(() => load(text)).toThrow("deficient indentation");
  expect(merge({ text, wanted: config(["a"]) }).text).toContain("args: [");
});

/** Users' files, each with something that a serializer would lose. */
const FILES: Readonly<Record<string, string>> = {
  "a file of kubectl": KUBECTL,
  "a file without a line break at its end": KUBECTL.trimEnd(),
  "a file with comments": `# mine
apiVersion: v1
clusters: # all of them
  # the first
  - # here
    cluster: {server: "https://1.2.3.4"} # plain
    name: 'theirs'

  # about the end
contexts:
    - context: {cluster: theirs, user: me}
      name: theirs   # long
      x-unknown: [1, 2]
current-context:   "theirs"
extensions: {a: b}
kind: Config
users:
- name: me
  user:
    exec:
      command: get
      args: [
        "a",
        "b",
      ]
      text: |
        some
        lines

# the end
`,
  "empty lists": `apiVersion: v1
clusters: []   # none yet
contexts: null
current-context: ""
kind: Config
users:
preferences: {}
`,
  "missing lists": "kind: Config\napiVersion: v1\n",
  "missing lists without a line break": "kind: Config",
  JSON: `{"apiVersion": "v1", "kind": "Config",
  "clusters": [ {"name": "theirs", "cluster": {"server": "https://1.2.3.4"}} ],
  "contexts": [],
  "users": [ ],
  "current-context": ""
}
`,
  "lists in one line": `apiVersion: v1
kind: Config
clusters: [{name: theirs, cluster: {server: "https://1.2.3.4"}}]
contexts: [{name: theirs, context: {cluster: theirs, user: me}}]
users: [{name: me, user: {token: secret}}]
current-context: theirs
`,
  "Windows line breaks": KUBECTL.replaceAll("\n", "\r\n"),
  "an empty file": "",
  "a file with only a comment": "# to be filled\n",
};

describe.each(Object.entries(FILES))("merged into %s", (_, text) => {
  const first = merge({ text, wanted: config(["a", "b"]) });

  test("our entries are added, and everything else stays", () => {
    const before = (parse(text) ?? {}) as Record<string, unknown>;
    const after = parse(first.text!) as Record<string, unknown[]>;
    const ours = config(["a", "b"]) as unknown as Record<string, unknown[]>;
    for (const list of ["clusters", "contexts", "users"]) {
      const theirs = (before[list] ?? []) as unknown[];
      expect(after[list]).toEqual([...theirs, ...ours[list]]);
    }
    const { clusters, contexts, users, ...others } = before;
    void [clusters, contexts, users];
    expect(after).toMatchObject({
      ...others,
      "current-context": before["current-context"] || "a",
    });
  });

  test("a second merge changes nothing", () => {
    const ours = config(["a", "b"]);
    const again = merge({
      text: first.text,
      wanted: ours,
      ours,
      origin: first.origin,
    });
    expect(again.text).toBe(first.text);
    expect(again.origin).toEqual(first.origin);
  });

  test("after removing our entries, the file is as before, byte for byte", () => {
    const ours = config(["a", "b"]);
    const { text: left, kept } = merge({
      text: first.text,
      ours,
      origin: first.origin,
    });
    expect(left).toBe(text);
    expect(kept).toEqual([]);
  });

  test("after changing, renewing and removing our entries one by one, the file is as before", () => {
    const steps = [["a"], ["a", "c"], ["c"], []];
    let { text: now, origin } = first;
    let ours = config(["a", "b"]);
    for (const [at, names] of steps.entries()) {
      const wanted = config(names, { token: `token-${at}` });
      ({ text: now, origin } = merge({ text: now, wanted, ours, origin }));
      ours = wanted;
    }
    // An empty list of contexts is still a file of ours.
    expect(merge({ text: now, ours, origin }).text).toBe(text);
  });
});

test("a missing file is created, and removed again", () => {
  const wanted = config(["a"]);
  const { text, origin } = merge({ wanted });
  expect(parse(text!)).toEqual({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "a",
    ...wanted,
  });
  expect(merge({ text, ours: wanted, origin }).text).toBeUndefined();
});

test("a file that the merge created stays while it contains entries of others", () => {
  const wanted = config(["a"]);
  const { text, origin } = merge({ wanted });
  const theirs = text!.replace(
    "clusters:\n",
    "clusters:\n- name: theirs\n  cluster: {}\n",
  );
  expect(theirs).not.toBe(text);
  const left = merge({ text: theirs, ours: wanted, origin }).text!;
  expect(parse(left)).toMatchObject({
    clusters: [{ name: "theirs", cluster: {} }],
  });
  expect(left).not.toContain("cdktf:");
});

test.each([
  ["[1, 2]", /it is not a mapping/],
  ["a: [", /is not a kubeconfig/],
  ["a: 1\n---\nb: 2\n", /is not a kubeconfig/],
  ["clusters: {a: 1}\n", /its clusters are not a list/],
  ["users: text\n", /its users are not a list/],
  [
    "users:\n-\n- name: me\n",
    /its users contain an alias, or an item that is not a mapping/,
  ],
  [
    "x: &x {name: a}\nusers:\n- *x\n",
    /its users contain an alias, or an item that is not a mapping/,
  ],
  ["a: 1\na: 2\n", /is not a kubeconfig/],
])(
  "a file that is not a kubeconfig is refused with its name: %j",
  (text, reason) => {
    const attempt = () => merge({ text, wanted: config(["a"]) });
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow("~/.kube/config");
  },
);
