import { type Contents, titleOf } from "./contents";
import { indent } from "../errors";

/** @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
}

/** Of a guard, a precondition or a check people need the reason, which its author wrote, and nothing else. */
const CONDITIONS =
  /^(Resource (pre|post)condition|Check block assertion) failed$/;

/** What follows from an end that was asked for. */
const HALTED = /^(execution halted|operation canceled|interrupted?)$/i;

/** Begins the error of an agent, which ends with it. */
export const AGENT_ERROR = "Error: ";

/** Collects what Terraform reports, each thing once, in words. */
export class Diagnostics {
  private readonly reports: {
    readonly severity: Diagnostic["severity"];
    readonly text: string;
    /** Those whom it befell. */
    readonly titles: string[];
  }[] = [];
  private warned = 0;
  private readonly said = new Set<string>();

  constructor(private readonly contents: Contents) {}

  get errors(): string[] {
    return this.of("error");
  }

  /** Those that were not asked for yet: an apply repeats those of its plan. */
  newWarnings(): string[] {
    const warnings = this.of("warning").slice(this.warned);
    this.warned += warnings.length;
    return warnings;
  }

  /** @param said by the agent that failed, where it was heard */
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

  private textOf({ summary, detail, address }: Diagnostic): string {
    if (CONDITIONS.test(summary)) return this.withoutRepetition(detail);
    const where = address ? ` (${address})` : "";
    return [`${summary}${where}`, ...(detail ? [indent(detail)] : [])].join(
      "\n",
    );
  }

  /** Guards of one store all say the same at length: what was said stays said. */
  private withoutRepetition(detail: string): string {
    const sentences = detail.trim().split(/(?<=\.)\s+/);
    const fresh = sentences.filter((sentence) => !this.said.has(sentence));
    for (const sentence of sentences) this.said.add(sentence);
    return fresh.join(" ");
  }
}

/** Terraform tells how it ran the agent, and that it failed, before what the agent said. */
function agentError(detail: string): string {
  const [, outcome, output] =
    /^Error running command '[^']*': (.*?)\. Output: ?([\s\S]*)$/.exec(
      detail,
    ) ?? [];
  if (output === undefined) return detail.trim();
  const start = `\n${output}`.lastIndexOf(`\n${AGENT_ERROR}`);
  if (start >= 0) return output.slice(start + AGENT_ERROR.length).trim();
  return outcome.startsWith("signal")
    ? `its agent was ended by the system (${outcome})`
    : [`its agent failed (${outcome})`, output.trim()].join("\n").trim();
}
