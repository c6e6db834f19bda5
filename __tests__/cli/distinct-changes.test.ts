import { PLAIN } from "../../lib/cli/output";
import { distinctChanges } from "../../lib/cli/plan/distinct-changes";
import type { FileChange } from "../../lib/cli/plan/file-changes";
import { planLines } from "../../lib/cli/report/plan-lines";

const MANIFEST = "etc/kubernetes/manifests/kube-apiserver.yaml";

const onNode = (
  node: string,
  change: Partial<FileChange> = {},
): FileChange => ({
  action: "replace",
  files: [`nodes/${node}/root/${MANIFEST}`],
  reasons: [],
  ...change,
});

/** A manifest with the address of its node before the flag that changes. */
const flagged = (node: string, address: string): FileChange =>
  onNode(node, {
    text: {
      before: `spec:\n    - --bind=${address}\n    - --v=1\n    - --last\n`,
      after: `spec:\n    - --bind=${address}\n    - --v=2\n    - --last\n`,
    },
  });

const linesOf = (changes: readonly FileChange[]) =>
  planLines(distinctChanges(changes), PLAIN);

test("a change that is the same on several nodes is shown once, with the lines around it that are the same", () => {
  expect(
    linesOf([
      flagged("cp-1", "10.0.0.1"),
      flagged("cp-2", "10.0.0.2"),
      flagged("cp-3", "10.0.0.3"),
    ]),
  ).toEqual([
    `  ~ /${MANIFEST} on cp-1, cp-2, cp-3`,
    "      - - --v=1",
    "      + - --v=2",
    "        - --last",
  ]);
});

test("changes of one file that differ between nodes are shown apart", () => {
  const other = onNode("cp-2", {
    text: { before: "a: 1\n", after: "a: 3\n" },
  });
  expect(linesOf([flagged("cp-1", "10.0.0.1"), other])).toEqual([
    `  ~ /${MANIFEST} on cp-1`,
    "        - --bind=10.0.0.1",
    "      - - --v=1",
    "      + - --v=2",
    "        - --last",
    `  ~ /${MANIFEST} on cp-2`,
    "      - a: 1",
    "      + a: 3",
  ]);
});

test("removals come first, then replacements, then new files; files of the store come after those of nodes", () => {
  expect(
    linesOf([
      { action: "make", files: ["pki/ca.crt", "pki/ca.key"], reasons: [] },
      { action: "replace", files: ["objects/a.yaml"], reasons: ["why"] },
      onNode("cp-1", { reasons: ["it is missing"] }),
      onNode("cp-9", { action: "remove" }),
    ]),
  ).toEqual([
    `  - /${MANIFEST} on cp-9`,
    `  ~ /${MANIFEST} on cp-1`,
    "      it is missing",
    "  ~ objects/a.yaml",
    "      why",
    "  + pki/ca.{crt,key}",
  ]);
});

test("distant changes are separated, and a long list is cut", () => {
  const text = (mark: string, length: number) =>
    Array.from({ length }, (_, i) => (i % 5 === 0 ? `${mark}${i}` : `=${i}`))
      .join("\n")
      .concat("\n");
  const lines = linesOf([
    onNode("cp-1", { text: { before: text("a", 200), after: text("b", 200) } }),
  ]);
  expect(lines.filter((line) => line.includes("…"))[0]).toBe("        …");
  expect(lines.at(-1)).toMatch(/^ {6}… \d+ more lines, which --json has$/);
  expect(lines.length).toBeLessThan(50);
});
