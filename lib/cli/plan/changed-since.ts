import { join, resolve } from "node:path";
import { enumerated, shownPath } from "../text";
import type { Contents, StackResource } from "./contents";

/** Terraform's error if a trigger has another value at apply than in the plan. It blames the provider. */
const INCONSISTENT =
  /plan for (\S+) to include[\s\S]*? new value for \.triggers(?:_replace)?(?:\.|\[")(.*?)(?:"\])?: was (.*), but now (.*)\.$/m;

/**
 * Says what changed between a plan and its apply, in our words; `undefined` if an error of Terraform's is about something
 * else. Plans read files: those of the user, those of the store, and the marks of a check.
 */
export function changedSincePlan(
  { summary, detail }: { readonly summary: string; readonly detail: string },
  { resources }: Contents,
): string | undefined {
  if (summary === "Saved plan is stale")
    return inWords("Terraform's state, by another run");
  if (/returned an inconsistent result/.test(detail))
    return inWords("a file that the program reads");
  const [, address, trigger, was, now] = INCONSISTENT.exec(detail) ?? [];
  const row = resources.get(address ?? "");
  return row && inWords(changedThing(row, trigger, sourceIn(was, now)));
}

const inWords = (what: string): string =>
  `changed since the plan was made: ${what}\nNothing was made from it. Plan again.`;

function changedThing(
  row: StackResource,
  trigger: string,
  source: string | undefined,
): string {
  const { base, directory } = row.store;
  const files =
    row.kind === "artefact"
      ? enumerated(row.files.map((file) => shownPath(join(directory, file))))
      : "";
  const [, marked] = /^check ?(.*)$/.exec(trigger) ?? [];
  if (marked !== undefined)
    return `the mark that a check gives to what differs (${marked || files})`;
  if (files === "") return trigger;
  if (trigger !== "spec") return files;
  if (source === undefined) return `a file from which ${files} is made`;
  return source.startsWith("~/") ? source : shownPath(resolve(base, source));
}

/** The user's file whose hash differs between two specs: it stands in the line before the hash. */
function sourceIn(was: string, now: string): string | undefined {
  const [before, after] = [was, now].map((spec) => spec.split("\\n"));
  const at = before.findIndex((line, i) => line !== after[i]);
  return /\bfile: ["']?(.*?)["'\\]*$/.exec(before[at - 1] ?? "")?.[1];
}
