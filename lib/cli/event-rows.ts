/** The version of the format of events. It is increased when a program that reads the events has to be changed. */
export const EVENT_FORMAT = 1;

const STACK = "the name of the stack";
const ADDRESS = "the resource's address in Terraform";
const ACTION = "`create`, `update` or `delete`";
const KIND =
  "`batch`, `artefact`, `rollout` and so on for resources of this library; absent for your own";
const TITLE = "its name in the lines for people; absent if it has none";
const MILLISECONDS = "how long it took";
const SUCCEEDED = "whether it succeeded";

const PHASE = {
  phase: "the phase",
  stack: "the stack, if the phase works on one",
  store: "the store, if the phase works on one",
};

const RESOURCE = {
  stack: STACK,
  address: ADDRESS,
  action: ACTION,
  kind: KIND,
  title: TITLE,
};

const STEP = {
  stack: STACK,
  rollout: "the title of the rollout",
  number: "the number of the step, beginning with 1",
  of: "how many steps are expected altogether",
  kind: "the kind of the step, as in `preview --json`",
  nodes: "the names of its nodes",
  title: "the step in words",
};

/** The events of `--json`, in the order in which they come, and their fields besides `type` and `time`. */
export const EVENTS = {
  started: {
    about: "The first event.",
    fields: {
      format: `the version of this format: ${EVENT_FORMAT}. It is increased if a field or a type is removed or means something else; new ones may come at any time`,
      version: "the version of the package",
      command: "`deploy`, `renew` or `destroy`",
    },
  },
  phaseStarted: { about: "A phase begins.", fields: PHASE },
  phaseEnded: {
    about: "A phase ends.",
    fields: { ...PHASE, milliseconds: MILLISECONDS, succeeded: SUCCEEDED },
  },
  checked: {
    about: "The hosts were compared with the store, before the plan.",
    fields: {
      store: "the store",
      nodes: "the nodes that were compared, as in `check --json`",
      failure: "why the hosts could not be compared; otherwise absent",
    },
  },
  newKeys: {
    about: "`renew` asks for new keys.",
    fields: {
      stack: STACK,
      store: "the store",
      files: "the files that get new keys, relative to the store",
    },
  },
  planned: {
    about:
      "What will be applied, as in `plan --json`, without the lines of files.",
    fields: {
      stack: STACK,
      summary: "one sentence about all of it",
      others: "the changes of your own resources",
      outputs: "what happens to each output",
      rollouts: "the steps of each rollout",
      failures: "why hosts could not be examined",
    },
  },
  questionNotPossible: {
    about:
      "The command would have to ask, and does not with `--json`. The `error` that follows says the same in words.",
    fields: {
      stack: STACK,
      option: "the option that answers the question",
      resources: "the addresses that the question is about",
    },
  },
  resourceStarted: {
    about: "Terraform begins to make, change or destroy a resource.",
    fields: RESOURCE,
  },
  resourceEnded: {
    about: "Terraform is done with a resource.",
    fields: { ...RESOURCE, milliseconds: MILLISECONDS, succeeded: SUCCEEDED },
  },
  stepStarted: { about: "A step of a rollout begins.", fields: STEP },
  stepEnded: {
    about: "A step of a rollout ends.",
    fields: { ...STEP, milliseconds: MILLISECONDS, succeeded: SUCCEEDED },
  },
  message: {
    about:
      "A line that a batch, a rollout or a teardown prints. Lines of your own provisioners are never in events, because they may contain anything.",
    fields: { stack: STACK, title: TITLE, text: "the line" },
  },
  outputs: {
    about: "The outputs of a stack that was applied.",
    fields: {
      stack: STACK,
      outputs:
        "by name: `value`, or `sensitive: true` without the value, if the output is declared so",
    },
  },
  cluster: {
    about: "A cluster of a stack that was applied.",
    fields: {
      stack: STACK,
      store: "the store",
      clusterName: "its name",
      kubernetesVersion: "its version",
      endpoint: "the URL of its API",
      kubeconfig: "the path of the administrators' kubeconfig",
    },
  },
  notStarted: {
    about: "Some stacks are not begun, because an earlier one failed.",
    fields: { stacks: "the names of the stacks" },
  },
  warning: { about: "A warning.", fields: { message: "the text" } },
  error: { about: "An error.", fields: { message: "the text" } },
  summary: {
    about: "The last event.",
    fields: {
      exitCode: "the exit code of the process",
      milliseconds: "the time of the whole command",
      phases: "the milliseconds of each phase, by its name",
      resources:
        "how many resources were handled by Terraform: `create`, `update`, `delete`, `failed`",
      warnings: "how many warnings there were",
      errors: "how many errors there were",
    },
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly about: string;
      readonly fields: Readonly<Record<string, string>>;
    }
  >
>;

export type EventType = keyof typeof EVENTS;

/** The fields of an event. One without a value is left out. */
export type EventFields<Type extends EventType> = Readonly<
  Record<keyof (typeof EVENTS)[Type]["fields"], unknown>
>;
