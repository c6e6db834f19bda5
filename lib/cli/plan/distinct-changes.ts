import { structuredPatch } from "diff";
import { placeOnNode } from "../../store/node-files";
import { shownFiles } from "./changes";
import type { FileChange } from "./file-changes";

/** A change that is the same for the file of one or several nodes. */
export interface DistinctChange extends Pick<FileChange, "action" | "reasons"> {
  /** A path on the nodes, or in the store: `/etc/kubernetes/pki/apiserver.{crt,key}`. */
  readonly path: string;
  /** Empty for a file of the store that is on no node. */
  readonly nodes: readonly string[];
  /** The lines of text that change, with a few unchanged lines around them. */
  readonly lines: readonly TextLine[];
}

export interface TextLine {
  /** A blank marks an unchanged line, and `@` a gap between two places of the file. */
  readonly mark: "+" | "-" | " " | "@";
  readonly text: string;
}

/** Unchanged lines that are shown before and after those that change. */
const CONTEXT = 1;

/** Puts changes that are the same on several nodes together. Unchanged lines stay only if they are the same there, too. */
export function distinctChanges(
  changes: readonly FileChange[],
): DistinctChange[] {
  const found = new Map<string, DistinctChange>();
  for (const { action, files, reasons, text } of changes) {
    const { node } = placeOnNode(files[0]) ?? {};
    const path = shownFiles(
      files.map((file) => placeOnNode(file)?.path ?? file),
    );
    const lines = text ? changedLines(text.before, text.after) : [];
    const key = JSON.stringify([
      action,
      path,
      node === undefined,
      reasons,
      lines.filter(({ mark }) => mark !== " "),
    ]);
    const same = found.get(key);
    found.set(key, {
      action,
      path,
      nodes: [...(same?.nodes ?? []), ...(node === undefined ? [] : [node])],
      reasons,
      lines: same ? common(same.lines, lines) : lines,
    });
  }
  return [...found.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.action) - ORDER.indexOf(b.action) ||
      Number(a.nodes.length === 0) - Number(b.nodes.length === 0) ||
      a.path.localeCompare(b.path),
  );
}

const ORDER: readonly FileChange["action"][] = ["remove", "replace", "make"];

function changedLines(before: string, after: string): TextLine[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", {
    context: CONTEXT,
  });
  return hunks.flatMap(({ lines }, at): TextLine[] => [
    ...(at > 0 ? [{ mark: "@", text: "" } as const] : []),
    ...lines
      // A backslash begins the remark that the last line has no line break.
      .filter((line) => !line.startsWith("\\"))
      .map((line) => ({
        mark: line[0] as TextLine["mark"],
        text: line.slice(1),
      })),
  ]);
}

/** The lines of `some`, without those unchanged lines that `others` does not have at the same place. */
function common(
  some: readonly TextLine[],
  others: readonly TextLine[],
): TextLine[] {
  const places = (lines: readonly TextLine[]) => {
    let changed = 0;
    return new Map(
      lines.map((line) => {
        if (line.mark !== " ") changed++;
        return [`${changed} ${line.text}`, line];
      }),
    );
  };
  const there = places(others);
  let changed = 0;
  return some.filter((line) => {
    if (line.mark !== " ") {
      changed++;
      return true;
    }
    return there.has(`${changed} ${line.text}`);
  });
}
