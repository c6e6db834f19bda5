import {
  anything,
  attempt,
  fields,
  flag,
  list,
  number,
  optional,
  readJson,
  record,
  text,
} from "../../base/shape";
import type { AgentReport, StepReport } from "../../request/report";
import type { Diagnostic } from "./diagnostics";

const RESOURCE = fields({ addr: text, resource: optional(text) });

const OUTPUT = fields({
  /** Only in a plan. */
  action: optional(text),
  sensitive: optional(flag),
  value: anything,
});

export type TerraformOutput = ReturnType<typeof OUTPUT>;

/** @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const MESSAGE = fields({
  type: optional(text),
  change: optional(
    fields({
      resource: RESOURCE,
      previous_resource: optional(RESOURCE),
      importing: optional(fields({ id: optional(text) })),
      action: text,
    }),
  ),
  hook: optional(
    fields({
      resource: RESOURCE,
      action: optional(text),
      elapsed_seconds: optional(number),
      output: optional(text),
    }),
  ),
  diagnostic: optional(
    fields<Diagnostic>({
      severity: (value) => (value === "warning" ? value : "error"),
      summary: text,
      detail: text,
      address: optional(text),
    }),
  ),
  outputs: optional(record(OUTPUT)),
});

export type Message = ReturnType<typeof MESSAGE>;

/** Parses a line of Terraform; `undefined` if it is not a JSON message. */
export const parseMessage = (line: string): Message | undefined =>
  attempt(() => readJson(line, MESSAGE));

const REPORT = fields<AgentReport>({
  files: optional(fields({ ready: number, of: number })),
  step: optional(
    fields<StepReport>({
      number,
      of: number,
      kind: text,
      nodes: list(text),
      title: text,
      ended: optional(fields({ milliseconds: number, succeeded: flag })),
    }),
  ),
});

/** Parses the report of an agent; `undefined` if it is from another version, with another form. */
export const parseReport = (json: string): AgentReport | undefined =>
  attempt(() => readJson(json, REPORT));
