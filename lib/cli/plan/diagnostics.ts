import { type Contents, titleOf } from "./contents";
import { changedSincePlan } from "./changed-since";
import { indent } from "../errors";

/** @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
}

/** A failed condition or check: its detail is a message that the author wrote, and it is shown without the summary. */
const CONDITIONS =
  /^(Resource (pre|post)condition|Check block assertion) failed$/;

/** Errors that Terraform reports because the user interrupted it. */
const HALTED = /^(execution halted|operation canceled|interrupted?)$/i;

/** The start of an agent's error, which is the last thing that it prints. */
export const AGENT_ERROR = "Error: ";

/** Collects Terraform's errors and warnings, each text once. */
export class Diagnostics {
  private readonly reports: {
    readonly severity: Diagnostic["severity"];
    readonly text: string;
    /** The batches and rollouts that reported it. */
    readonly titles: string[];
  }[] = [];
  private warned = 0;
  private readonly said = new Set<string>();

  constructor(private readonly contents: Contents) {}

  get errors(): string[] {
    return this.of("error");
  }

  /** The warnings since the last call: an apply repeats the warnings of its plan. */
  newWarnings(): string[] {
    const warnings = this.of("warning").slice(this.warned);
    this.warned += warnings.length;
    return warnings;
  }

  /** @param said the error that the failed agent printed, if its output was seen */
  add(diagnostic: Diagnostic, said?: string): void {
    const { severity, summary, address } = diagnostic;
    if (HALTED.test(summary)) return;
    const title = titleOf(this.contents.resources.get(address ?? ""));
    const text = title
      ? (said ?? agentError(diagnostic.detail)).trim()
      : this.textOf(diagnostic);
    const known = this.reports.find((report) => report.text === text);
    const titles = title ? [title] : [];
    if (known) known.titles.push(...titles);
    else if (text !== "") this.reports.push({ severity, text, titles });
  }

  private of(severity: Diagnostic["severity"]): string[] {
    return this.reports
      .filter((report) => report.severity === severity)
      .map(({ text, titles }) =>
        titles.length > 0 ? `${titles.join(", ")}: ${text}` : text,
      );
  }

  private textOf(diagnostic: Diagnostic): string {
    const { summary, detail, address } = diagnostic;
    const changed = changedSincePlan(diagnostic, this.contents);
    if (changed !== undefined) return changed;
    if (CONDITIONS.test(summary)) return this.withoutRepetition(detail);
    const where = address ? ` (${address})` : "";
    return [`${summary}${where}`, ...(detail ? [indent(detail)] : [])].join(
      "\n",
    );
  }

  /** Drops sentences that were already shown: all guards of one store give the same long explanation. */
  private withoutRepetition(detail: string): string {
    // Each keeps the space or the end of the line that follows it.
    const sentences = detail.trim().split(/(?<=\.\s+)(?=\S)/);
    const fresh = sentences.filter(
      (sentence) => !this.said.has(sentence.trim()),
    );
    for (const sentence of sentences) this.said.add(sentence.trim());
    return fresh.join("").trim();
  }
}

/** Removes Terraform's own words about the failed command, and the agent's progress, from an agent's error. */
function agentError(detail: string): string {
  const [, outcome, output] =
    /^Error running command '[^']*': (.*?)\. Output: ?([\s\S]*)$/.exec(
      detail,
    ) ?? [];
  if (output === undefined) return detail.trim();
  const start = `\n${output}`.lastIndexOf(`\n${AGENT_ERROR}`);
  if (start >= 0) return output.slice(start + AGENT_ERROR.length).trim();
  return outcome.startsWith("signal")
    ? `the operating system ended the agent (${outcome})`
    : [`the agent failed (${outcome})`, output.trim()].join("\n").trim();
}
