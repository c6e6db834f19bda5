import type { EtcdOutcome } from "./etcd-care";

/**
 * What an agent reports while it works, for the command line, which shows it while it lasts. People read the other lines
 * of the agent, which say what was done.
 */
export interface AgentReport {
  /** How many files of its batch are ready to be written. */
  readonly files?: { readonly ready: number; readonly of: number };
  /** A step of its rollout. */
  readonly step?: StepReport;
}

/** What an agent that looks after etcd reports after each step. */
export interface EtcdReport {
  readonly etcd: EtcdOutcome;
}

export interface StepReport {
  /** Its number, beginning with 1, and how many steps are expected altogether. */
  readonly number: number;
  readonly of: number;
  readonly kind: string;
  readonly nodes: readonly string[];
  readonly title: string;
  /** Absent when the step begins. */
  readonly ended?: {
    readonly milliseconds: number;
    readonly succeeded: boolean;
  };
}

/**
 * The variable with the word with which reports begin. The command line chooses a random word, so that no other line can
 * be taken for a report. Without the variable, as under `terraform apply`, an agent reports nothing.
 */
export const REPORT_VARIABLE = "CONTROL_PLANE_REPORTS";

/** A report as a line of an agent's output. */
export const reportLine = (word: string, json: string): string =>
  `${word} ${json}`;

/** The JSON of a report; `undefined` for any other line. */
export const reportIn = (word: string, line: string): string | undefined =>
  line.startsWith(`${word} `) ? line.slice(word.length + 1) : undefined;
