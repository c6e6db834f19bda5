import { PLAIN } from "../../lib/cli/output";
import {
  destructiveChanges,
  dataAndOutputLines,
  userChangeLines,
  userChangesIn,
  userChangeSummary,
} from "../../lib/cli/plan/user-changes";
import { isOurs, type PlannedChange } from "../../lib/cli/plan/planned";
import { NO_CONTENTS } from "./support/applied";

const NO_STATE = { resources: new Map(), kinds: new Map() };

/** A change, its count, its line, and whether it may destroy something. */
test.each<[Omit<PlannedChange, "address">, string, string, boolean]>([
  [{ action: "create" }, "1 resource to make", "  + x.y", false],
  [{ action: "update" }, "1 resource to change", "  ~ x.y", false],
  [{ action: "replace" }, "1 resource to replace", "  -/+ x.y", true],
  [{ action: "delete" }, "1 resource to destroy", "  - x.y", true],
  [
    { action: "move", movedFrom: "x.z" },
    "1 resource to move",
    "  ~ x.y (moved from x.z)",
    false,
  ],
  [
    { action: "update", movedFrom: "x.z" },
    "1 resource to change",
    "  ~ x.y (moved from x.z)",
    false,
  ],
  [
    { action: "replace", movedFrom: "x.z" },
    "1 resource to replace",
    "  -/+ x.y (moved from x.z)",
    true,
  ],
  [
    { action: "import", imported: "i-1" },
    "1 resource to import",
    "  + x.y (imported: i-1)",
    false,
  ],
  [
    { action: "replace", imported: "i-1" },
    "1 resource to replace",
    "  -/+ x.y (imported: i-1)",
    true,
  ],
  [
    { action: "remove" },
    "1 resource to forget",
    "  . x.y (removed from the state only)",
    false,
  ],
  [{ action: "vaporise" }, "1 resource to vaporise", "  ? x.y", true],
])("one of the user's resources: %j", (about, words, line, ends) => {
  const change = { address: "x.y", ...about };
  const plan = { changes: [change], outputs: {} };
  const others = userChangesIn(plan, NO_CONTENTS, NO_STATE);
  expect(others).toEqual([change]);
  expect(userChangeSummary(others, "resource")).toBe(words);
  expect(userChangeLines(others, PLAIN)).toEqual([line]);
  expect(destructiveChanges(others)).toEqual(ends ? [change] : []);
});

test("each of the user's resources is named, however many there are, with destructive changes first", () => {
  const changes = Array.from({ length: 100 }, (_, i) => ({
    address: `aws_instance.machine[${i}]`,
    action: i === 99 ? "delete" : "create",
  }));
  const others = userChangesIn({ changes, outputs: {} }, NO_CONTENTS, NO_STATE);
  const lines = userChangeLines(others, PLAIN);
  expect(lines[0]).toBe("  - aws_instance.machine[99]");
  expect(lines).toHaveLength(100);
  expect(userChangeSummary(others, "resource")).toBe(
    "1 resource to destroy, 99 to make",
  );
});

test("data sources have a line, outputs have a line, and neither counts as a resource", () => {
  const plan = {
    changes: [
      { address: "data.x.a", action: "read", isData: true },
      { address: "data.x.b", action: "read", isData: true },
    ],
    outputs: { a: "create", b: "update", c: "delete", d: "create" },
  };
  expect(userChangesIn(plan, NO_CONTENTS, NO_STATE)).toEqual([]);
  expect(dataAndOutputLines(plan)).toEqual([
    "2 data sources to read: data.x.a, data.x.b",
    "2 outputs to make: a, d; 1 to change: b; 1 to remove: c",
  ]);
});

test("a resource that only the state knows is this library's only if it is destroyed or removed", () => {
  const state = {
    resources: new Map(),
    kinds: new Map([["terraform_data.a", "batch" as const]]),
  };
  const isOf = (action: string) =>
    isOurs({ address: "terraform_data.a", action }, NO_CONTENTS, state);
  expect(["delete", "remove"].map(isOf)).toEqual([true, true]);
  expect(["create", "update", "replace", "move"].map(isOf)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
