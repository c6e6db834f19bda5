/** The changes in a plan, by readable names: see `Deployment.nameOf`. */
export interface Changes {
  readonly created: string[];
  readonly replaced: string[];
  readonly deleted: string[];
  /** Updated in place, which the library's own resources never are. */
  readonly updated: string[];
}

export interface Run {
  readonly ok: boolean;
  readonly changes: Changes;
  /** The lines that the agent printed, in order. */
  readonly lines: string[];
  /** The summary and the detail of each error. */
  readonly errors: string[];
  readonly warnings: string[];
  readonly outputs: Record<string, unknown>;
  /** The whole output of Terraform. */
  readonly text: string;
}

interface Event {
  readonly type: string;
  readonly hook?: { readonly output?: string };
  readonly change?: {
    readonly action: string;
    readonly resource: { readonly addr: string };
  };
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail: string;
  };
  readonly outputs?: Record<string, { readonly value: unknown }>;
}

/** @param nameOf a readable name for an address */
export function runOf(
  { ok, stdout, stderr }: { ok: boolean; stdout: string; stderr: string },
  nameOf: (address: string) => string,
): Run {
  const events = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Event);
  return {
    ok,
    changes: changesIn(events, nameOf),
    lines: events.flatMap(({ type, hook }) =>
      type === "provision_progress" &&
      hook?.output &&
      !hook.output.startsWith("local-exec: ")
        ? [hook.output]
        : [],
    ),
    errors: diagnostics(events, "error"),
    warnings: diagnostics(events, "warning"),
    outputs: Object.fromEntries(
      events
        .flatMap(({ outputs }) => Object.entries(outputs ?? {}))
        .map(([name, { value }]) => [name, value]),
    ),
    text: stdout + stderr,
  };
}

function changesIn(
  events: readonly Event[],
  nameOf: (address: string) => string,
): Changes {
  const by = (action: string) =>
    events
      .filter(
        ({ type, change }) =>
          type === "planned_change" && change?.action === action,
      )
      .map(({ change }) => nameOf(change?.resource.addr ?? ""))
      .sort();
  return {
    created: by("create"),
    replaced: by("replace"),
    deleted: by("delete"),
    updated: by("update"),
  };
}

function diagnostics(events: readonly Event[], severity: string): string[] {
  return events.flatMap(({ diagnostic }) =>
    diagnostic?.severity === severity
      ? [`${diagnostic.summary}\n${diagnostic.detail}`]
      : [],
  );
}

/** Fails the test if the run failed. */
export function succeeded(run: Run): Run {
  if (!run.ok)
    throw new Error(
      `Terraform failed:\n${[...run.errors, ...run.lines].join("\n") || run.text}`,
    );
  return run;
}
