import { load } from "js-yaml";
import { parse } from "yaml";
import type { Kubeconfig } from "../../../lib/agent/kubeconfig/entries";
import {
  type Merge,
  mergeKubeconfig,
  type Merged,
} from "../../../lib/agent/kubeconfig/merge";

const config = (
  names: readonly string[],
  fields: Record<string, string> = {},
): Kubeconfig => ({
  clusters: names.map((name) => ({
    name: `cdktf:${name}`,
    cluster: { server: `https://${name}:6443` },
  })),
  contexts: names.map((name) => ({
    name,
    context: { cluster: `cdktf:${name}`, user: `cdktf:${name}` },
  })),
  users: names.map((name) => ({
    name: `cdktf:${name}`,
    user: { token: "a", ...fields },
  })),
});

/** The reason why js-yaml cannot be used for users' kubeconfigs: kubectl reads this. */
test("a bracket without indentation is read, although js-yaml refuses it", () => {
  const text = KUBECTL + "preferences2:\n  args: [\n    a,\n  ]\n";
  expect(() => load(text)).toThrow("deficient indentation");
  expect(merge({ text, wanted: config(["a"]) }).text).toContain("args: [");
});

const merge = (given: Partial<Merge>): Merged =>
  mergeKubeconfig({
    path: "~/.kube/config",
    text: undefined,
    wanted: undefined,
    ours: undefined,
    origin: undefined,
    ...given,
  });

/** A file that kubectl wrote. */
const KUBECTL = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: AAAA
    server: https://1.2.3.4
  name: theirs
contexts:
- context:
    cluster: theirs
    user: me
  name: theirs
current-context: theirs
kind: Config
preferences: {}
users:
- name: me
  user:
    token: secret
`;

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

describe("an entry", () => {
  const ours = config(["a"]);
  const { text, origin } = merge({ text: KUBECTL, wanted: ours });
  const renewed = config(["a"], { token: "b" });

  test("of ours is renewed in its place, and keeps fields that others added", () => {
    const theirs = text!.replace(
      "    token: a\n",
      "    token: a\n    as: somebody\n",
    );
    expect(theirs).not.toBe(text);
    const after = merge({ text: theirs, wanted: renewed, ours, origin }).text;
    expect(after).toBe(
      theirs.replace(
        "token: a\n    as: somebody",
        "as: somebody\n    token: b",
      ),
    );
  });

  test("of ours loses fields that are no longer wanted", () => {
    const more = config(["a"], { tokenFile: "/token" });
    const before = merge({ text: KUBECTL, wanted: more });
    const after = merge({
      text: before.text,
      wanted: ours,
      ours: more,
      origin,
    }).text;
    expect(after).toBe(text);
  });

  test("that somebody changed is never overwritten: the error names it, its fields and the solutions", () => {
    const theirs = text!.replace("token: a\n", "token: mine\n");
    const attempt = () =>
      merge({ text: theirs, wanted: renewed, ours, origin });
    expect(attempt).toThrow(/user cdktf:a: somebody changed token/);
    expect(attempt).toThrow(/kubectl config delete-user cdktf:a/);
    expect(attempt).not.toThrow(/mine/);
  });

  test("that somebody changed stays when ours are removed, and is reported", () => {
    const theirs = text!.replace("token: a\n", "token: mine\n");
    const { text: left, kept } = merge({ text: theirs, ours, origin });
    expect(kept).toEqual(["user cdktf:a"]);
    expect(left).toContain("token: mine");
    expect(left).not.toContain("https://a:6443");
  });

  test("that is foreign and has the same name is never overwritten", () => {
    const theirs = KUBECTL.replaceAll("name: theirs", "name: a");
    expect(() => merge({ text: theirs, wanted: ours })).toThrow(
      /context a: a foreign entry with this name exists/,
    );
  });

  test("that equals the wanted one counts as ours, whatever the record says", () => {
    expect(merge({ text, wanted: ours }).text).toBe(text);
    expect(merge({ text, wanted: ours, ours: renewed }).text).toBe(text);
  });
});

describe("the namespace of a context", () => {
  const within = (namespace: string | undefined): Kubeconfig => {
    const ours = config(["a"]);
    const [{ name, context }] = ours.contexts;
    const fields = { ...(context as object), ...(namespace && { namespace }) };
    return { ...ours, contexts: [{ name, context: fields }] };
  };
  const namespaceIn = (text: string | undefined) =>
    (parse(text!) as { contexts: { context: { namespace?: string } }[] })
      .contexts[1].context.namespace;

  test("follows the program", () => {
    const first = merge({ text: KUBECTL, wanted: within("team") });
    const { text, origin } = first;
    const next = (namespace: string | undefined) =>
      merge({
        text,
        origin,
        ours: within("team"),
        wanted: within(namespace),
      }).text;
    expect(namespaceIn(text)).toBe("team");
    expect(namespaceIn(next("other"))).toBe("other");
    expect(namespaceIn(next(undefined))).toBeUndefined();
  });

  test("stays if the user has changed it", () => {
    const first = merge({ text: KUBECTL, wanted: within("team") });
    const text = first.text!.replace("namespace: team", "namespace: mine");
    const given = { text, origin: first.origin, ours: within("team") };
    expect(merge({ ...given, wanted: within("other") }).text).toBe(text);
    expect(merge(given).text).toBe(KUBECTL);
  });
});

describe("the current context", () => {
  const wanted = config(["a", "b"]);

  test("is set if the program asks for it, and restored at the end", () => {
    const { text, origin } = merge({ text: KUBECTL, wanted, asked: "b" });
    expect(text).toContain("current-context: b\n");
    expect(merge({ text, ours: wanted, origin }).text).toBe(KUBECTL);
  });

  test("stays if the user has changed it", () => {
    const first = merge({ text: KUBECTL, wanted, asked: "b" });
    const text = first.text!.replace(
      "current-context: b",
      "current-context: a",
    );
    const again = merge({
      text,
      wanted,
      ours: wanted,
      origin: first.origin,
      asked: "b",
    });
    expect(again.text).toBe(text);
    expect(
      merge({ text, wanted, ours: wanted, origin: again.origin, asked: "a" })
        .text,
    ).toBe(text);
  });

  test("is empty at the end if the former one no longer exists", () => {
    const first = merge({ text: KUBECTL, wanted, asked: "b" });
    const text = first.text!.replace(
      "  name: theirs\ncurrent",
      "  name: other\ncurrent",
    );
    const without = text.replace(
      /(- context:\n {4}cluster: theirs\n {4}user: me\n {2}name: )theirs/,
      "$1other",
    );
    expect(without).not.toBe(first.text);
    expect(
      merge({ text: without, ours: wanted, origin: first.origin }).text,
    ).toContain('current-context: ""\n');
  });
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
