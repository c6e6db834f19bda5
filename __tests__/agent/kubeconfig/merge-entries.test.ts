import { parse } from "yaml";
import type { Kubeconfig } from "../../../lib/agent/kubeconfig/entries";
import { config, KUBECTL, merge } from "./support/merge";

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
