import { groupedBy } from "../../base/group";
import type { NodeChanges } from "../../agent/rollout/changes";
import type { Preview, PreviewedStep } from "../../agent/rollout/preview-shape";
import { printable, visibleLine } from "../../base/visible";
import { count, type Style } from "../output";
import { enumerated, wrap } from "../text";

/** The most files that are listed for a host; of more, only the number is printed. `--json` lists all of them. */
const MOST_LISTED = 6;

/** The steps of a rollout in order, what each one changes on each node, and why the rollout would stop early, if it would. */
export function previewLines(preview: Preview, style: Style): string[] {
  const { title, steps, warnings } = printable({
    ...preview,
    refusal: undefined,
    unseen: [],
  });
  const width = String(steps.length).length;
  const lines = (text: string, tint = (line: string) => line) =>
    wrap(`  ${text}`, style.width, 2).map(tint);
  return [
    style.bold(`${title}: ${count(steps.length, "step")} on the hosts`),
    ...preview.unseen.flatMap((each) => lines(unseenLine(each), style.yellow)),
    ...steps.flatMap((step, at) => [
      ...stepLines(`  ${String(at + 1).padStart(width)}. `, step, style),
      ...changeLines(step).flatMap((line) =>
        wrap(`${" ".repeat(width + 6)}${line}`, style.width, 2),
      ),
    ]),
    ...warnings.flatMap((warning) => lines(warning, style.yellow)),
    ...(preview.refusal === undefined
      ? []
      : [
          style.red("  Then the rollout would stop:"),
          ...indented(preview.refusal),
        ]),
  ];
}

/** Why a host was not examined: the first line of the reason. */
function unseenLine({ node, reason, isNew }: Preview["unseen"][number]) {
  const [first] = reason.split("\n");
  const line = first.startsWith(node) ? first : `${node}: ${first}`;
  return visibleLine(
    isNew
      ? `${line.replace(/\.$/, "")}; the preview assumes an empty machine`
      : line,
  );
}

const indented = (text: string): string[] =>
  text.split("\n").map((line) => `    ${visibleLine(line)}`);

function stepLines(
  number: string,
  { title, waitsFor, lastSeconds }: PreviewedStep,
  style: Style,
): string[] {
  const wait = waitsFor === undefined ? "" : `; wait for ${waitsFor}`;
  const last =
    lastSeconds === undefined
      ? ""
      : ` (${Math.round(lastSeconds)} s last time)`;
  const room = style.width - number.length;
  return wrap(`${title}${wait}${last}`, room).map(
    (line, at) =>
      (at === 0 ? number : " ".repeat(number.length)) +
      (last === "" ? line : line.replace(last, style.dim)),
  );
}

/** The changes on the nodes. Nodes with the same change share a line. */
function changeLines({ changes = {}, nodes }: PreviewedStep): string[] {
  const all = Object.entries(changes).flatMap(([node, change]) =>
    linesOf(change).map((line) => ({ line, node })),
  );
  return [...groupedBy(all, ({ line }) => line)].map(([line, same]) =>
    same.length === nodes.length
      ? line
      : `${same.map(({ node }) => node).join(", ")}: ${line}`,
  );
}

const linesOf = (changes: NodeChanges): string[] => [
  ...listed(changes.files, "file"),
  ...listed(changes.binaries, "program"),
  ...listed(changes.removed, "file").map((line) => `removes ${line}`),
  ...sentence("starts", changes.starts),
  ...sentence("restarts", changes.restarts),
  ...sentence("reloads", changes.reloads),
];

const sentence = (verb: string, names: readonly string[]): string[] =>
  names.length > 0 ? [`${verb} ${enumerated(names)}`] : [];

const listed = (paths: readonly string[], noun: string): string[] =>
  paths.length > MOST_LISTED ? [count(paths.length, noun)] : [...paths];
