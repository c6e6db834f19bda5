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

/** Why js-yaml does not do for somebody's kubeconfig; kubectl reads this. */
test("a bracket that is not indented is read, which js-yaml refuses", () => {
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

/** What kubectl writes. */
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

/** Files of people, each with something that a serializer would lose. */
const FILES: Readonly<Record<string, string>> = {
  "what kubectl writes": KUBECTL,
  "one without a line break at its end": KUBECTL.trimEnd(),
  comments: `# mine
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
  "lists that are empty": `apiVersion: v1
clusters: []   # none yet
contexts: null
current-context: ""
kind: Config
users:
preferences: {}
`,
  "lists that are missing": "kind: Config\napiVersion: v1\n",
  "lists that are missing, and no line break": "kind: Config",
  JSON: `{"apiVersion": "v1", "kind": "Config",
  "clusters": [ {"name": "theirs", "cluster": {"server": "https://1.2.3.4"}} ],
  "contexts": [],
  "users": [ ],
  "current-context": ""
}
`,
  "a list in one line": `apiVersion: v1
kind: Config
clusters: [{name: theirs, cluster: {server: "https://1.2.3.4"}}]
contexts: [{name: theirs, context: {cluster: theirs, user: me}}]
users: [{name: me, user: {token: secret}}]
current-context: theirs
`,
  "line breaks of Windows": KUBECTL.replaceAll("\n", "\r\n"),
  "nothing at all": "",
  "a comment and nothing else": "# to be filled\n",
};

describe.each(Object.entries(FILES))("merged into %s", (_, text) => {
  const first = merge({ text, wanted: config(["a", "b"]) });

  test("all that is ours is there, beside all that was there", () => {
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

  test("a second time nothing changes", () => {
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

  test("taken out, everything is as it was, byte for byte", () => {
    const ours = config(["a", "b"]);
    const { text: left, kept } = merge({
      text: first.text,
      ours,
      origin: first.origin,
    });
    expect(left).toBe(text);
    expect(kept).toEqual([]);
  });

  test("changed, renewed and taken out one by one, everything is as it was", () => {
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

test("where there is no file it is made, and goes again", () => {
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

test("a file that was made here stays while others have something in it", () => {
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

  test("of ours is renewed in its place, with what others added to it", () => {
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

  test("of ours loses what is no longer wanted", () => {
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

  test("that another hand changed is never overwritten: the error names it, its fields and the ways out", () => {
    const theirs = text!.replace("token: a\n", "token: mine\n");
    const attempt = () =>
      merge({ text: theirs, wanted: renewed, ours, origin });
    expect(attempt).toThrow(/user cdktf:a: token changed by another hand/);
    expect(attempt).toThrow(/kubectl config delete-user cdktf:a/);
    expect(attempt).not.toThrow(/mine/);
  });

  test("that another hand changed stays when ours are taken out, and is named", () => {
    const theirs = text!.replace("token: a\n", "token: mine\n");
    const { text: left, kept } = merge({ text: theirs, ours, origin });
    expect(kept).toEqual(["user cdktf:a"]);
    expect(left).toContain("token: mine");
    expect(left).not.toContain("https://a:6443");
  });

  test("of somebody else with the same name is never overwritten", () => {
    const theirs = KUBECTL.replaceAll("name: theirs", "name: a");
    expect(() => merge({ text: theirs, wanted: ours })).toThrow(
      /context a: there is one already, of somebody else/,
    );
  });

  test("that is just what is wanted is ours, whatever the record says", () => {
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

  test("is the one that people chose, once they did", () => {
    const first = merge({ text: KUBECTL, wanted: within("team") });
    const text = first.text!.replace("namespace: team", "namespace: mine");
    const given = { text, origin: first.origin, ours: within("team") };
    expect(merge({ ...given, wanted: within("other") }).text).toBe(text);
    expect(merge(given).text).toBe(KUBECTL);
  });
});

describe("the current context", () => {
  const wanted = config(["a", "b"]);

  test("is set where it is asked for, and given back", () => {
    const { text, origin } = merge({ text: KUBECTL, wanted, asked: "b" });
    expect(text).toContain("current-context: b\n");
    expect(merge({ text, ours: wanted, origin }).text).toBe(KUBECTL);
  });

  test("that people chose later stays", () => {
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

  test("that is gone by the time ours are taken out is left empty", () => {
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
  ["[1, 2]", /holds no fields/],
  ["a: [", /is not a kubeconfig/],
  ["a: 1\n---\nb: 2\n", /is not a kubeconfig/],
  ["clusters: {a: 1}\n", /its clusters are no list/],
  ["users: text\n", /its users are no list/],
  ["users:\n-\n- name: me\n", /its users hold an alias or no entry/],
  ["x: &x {name: a}\nusers:\n- *x\n", /its users hold an alias or no entry/],
  ["a: 1\na: 2\n", /is not a kubeconfig/],
])("a file that is no kubeconfig is refused and named: %j", (text, reason) => {
  const attempt = () => merge({ text, wanted: config(["a"]) });
  expect(attempt).toThrow(reason);
  expect(attempt).toThrow("~/.kube/config");
});
