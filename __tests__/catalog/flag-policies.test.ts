import type { ComponentId } from "../../lib/catalog/component-id";
import { knownFlags } from "../../lib/catalog/flags/known";
import { KNOWN_FLAGS } from "../../lib/catalog/flags/known-flags";
import { addPolicies, warnPolicies } from "../../lib/catalog/flags/policies";

/** All flags that a component has had since 1.33. */
const FLAGS = (Object.keys(KNOWN_FLAGS) as ComponentId[]).map(
  (component) => [component, knownFlags(component)] as const,
);

describe.each(FLAGS)("the policies of %s", (component, flags) => {
  const rows = [...warnPolicies(component), ...addPolicies(component)];

  test("are for flags that it has", () => {
    expect(rows).not.toEqual([]);
    expect(
      rows.map(({ flag }) => flag).filter((flag) => !flags.has(flag)),
    ).toEqual([]);
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
