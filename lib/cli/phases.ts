/** The phases of a command. Each key is the phase's name in the total time and in events. */
export const PHASES = {
  find: {
    doing: "looking for Terraform",
    about: "Terraform is asked for its version",
  },
  synthesis: { doing: "running the app", about: "the app runs" },
  init: { doing: "initializing", about: "`terraform init`" },
  state: { doing: "reading the state", about: "`terraform state pull`" },
  check: {
    doing: "comparing the hosts",
    about: "the hosts are compared with their node trees",
  },
  backup: {
    doing: "saving etcd",
    about: "a snapshot of etcd is streamed into a file",
  },
  "upgrade check": {
    doing: "asking the cluster",
    about: "the cluster is asked what an upgrade depends on",
  },
  plan: { doing: "planning", about: "`terraform plan`" },
  details: {
    doing: "reading the details of the plan",
    about: "`terraform show`",
  },
  preview: {
    doing: "examining the hosts",
    about: "the hosts are examined, to predict what the rollouts will do",
  },
  apply: { doing: "applying", about: "`terraform apply`" },
  destroy: { doing: "destroying", about: "`terraform apply` of a destroy" },
  teardown: {
    doing: "tearing down",
    about: "a cluster is ended without Terraform",
  },
  renewal: {
    doing: "asking for new keys",
    about: "new keys are asked for in the store",
  },
  etcd: {
    doing: "looking after etcd",
    about: "the members of etcd are asked, or looked after",
  },
} as const satisfies Readonly<
  Record<string, { readonly doing: string; readonly about: string }>
>;

export type PhaseName = keyof typeof PHASES;

/** A phase of one stack or of one store; of neither, if it concerns the whole app. */
export interface Phase {
  readonly phase: PhaseName;
  readonly stack?: string;
  readonly store?: string;
}

/** `prod: planning`, `Running the app` */
export function phaseWords({ phase, stack, store }: Phase): string {
  const { doing } = PHASES[phase];
  const about = stack ?? store;
  return about === undefined
    ? `${doing[0].toUpperCase()}${doing.slice(1)}`
    : `${about}: ${doing}`;
}

/** What is known about the work of a phase while it goes on. */
export interface Doing {
  /** `3 of 9` */
  readonly count?: string;
  /** `cp-1 (12 of 36 files)` */
  readonly what?: string;
}

/** `prod: applying 3 of 9, 34 s: cp-1 (12 of 36 files)` */
export function doingLine(
  phase: Phase,
  { count, what }: Doing,
  milliseconds: number,
): string {
  const seconds = Math.floor(milliseconds / 1000);
  return [
    phaseWords(phase),
    count === undefined ? "" : ` ${count}`,
    seconds > 0 ? `, ${duration(seconds * 1000)}` : "",
    what ? `: ${what}` : "",
  ].join("");
}

/** `7.4 s`, `34 s`, `1 min 12 s`, `1 h 2 min` */
export function duration(milliseconds: number): string {
  if (milliseconds < 9_950) return `${Math.round(milliseconds / 100) / 10} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  return minutes < 60
    ? `${minutes} min${seconds % 60 > 0 ? ` ${seconds % 60} s` : ""}`
    : `${Math.floor(minutes / 60)} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ""}`;
}

/** `Done in 1 min 12 s: synthesis 3.1 s, plan 4 s, apply 1 min 3 s.` Phases of less than a second are left out. */
export function totalLine(
  isFailed: boolean,
  milliseconds: number,
  phases: ReadonlyMap<PhaseName, number>,
): string {
  const long = [...phases].filter(([, each]) => each >= 1000);
  const parts = long.map(([name, each]) => `${name} ${duration(each)}`);
  const total = `${isFailed ? "Failed after" : "Done in"} ${duration(milliseconds)}`;
  return parts.length > 1 ? `${total}: ${parts.join(", ")}` : total;
}
