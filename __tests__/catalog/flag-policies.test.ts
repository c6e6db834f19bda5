import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ComponentId } from "../../lib/catalog/component-id";
import { addPolicies, warnPolicies } from "../../lib/catalog/flags/policies";

type Versions = Record<string, { readonly added: string }>;

/** All flags that a component has had since 1.33. */
const FLAGS = Object.entries(
  JSON.parse(readFileSync(join(__dirname, "flags.json"), "utf8")) as Record<
    ComponentId,
    Versions
  >,
).map(
  ([component, versions]) =>
    [
      component as ComponentId,
      new Set(
        Object.values(versions).flatMap(({ added = "" }) => added.split(" ")),
      ),
    ] as const,
);

/** Flags of etcd whose types are etcd's own. The list doesn't contain them. */
const UNLISTED = new Set([
  "cipher-suites",
  "feature-gates",
  "listen-client-http-urls",
  "listen-client-urls",
  "listen-peer-urls",
]);

describe.each(FLAGS)("the policies of %s", (component, flags) => {
  const rows = [...warnPolicies(component), ...addPolicies(component)];

  test("are for flags that it has", () => {
    expect(rows).not.toEqual([]);
    const known = (flag: string) => flags.has(flag) || UNLISTED.has(flag);
    expect(rows.map(({ flag }) => flag).filter((flag) => !known(flag))).toEqual(
      [],
    );
  });

  test("use patterns that mean the same in Go, JavaScript and Terraform", () => {
    const patterns = warnPolicies(component).flatMap(({ when }) =>
      when.map(({ pattern }) => pattern),
    );
    expect(patterns.length).toBeGreaterThan(0);
    // No lookarounds, backreferences, capturing groups, or classes that include Unicode in only one of the languages.
    expect(
      patterns.filter((pattern) =>
        /\(\?[^:]|(?:^|[^\\])\((?!\?)|\\[1-9dwsbDWSB]/.test(pattern),
      ),
    ).toEqual([]);
    expect(() => patterns.map((pattern) => new RegExp(pattern))).not.toThrow();
  });

  test("cannot be changed", () => {
    const conditions = warnPolicies(component).flatMap(({ when }) => [
      when,
      ...when,
    ]);
    expect([...rows, ...conditions].every(Object.isFrozen)).toBe(true);
  });
});
