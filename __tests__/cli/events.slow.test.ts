import { EVENTS, type EventType } from "../../lib/cli/event-rows";
import {
  endProjects,
  environment,
  makeProviders,
  projectWith,
  stackWith,
  stateOf,
} from "./support/own-resources";
import type { Outcome } from "./support/project";

beforeAll(makeProviders, 300_000);
afterAll(endProjects);

interface Event {
  readonly type: EventType;
  readonly [field: string]: unknown;
}

/** The events of a run, each of which has the fields that the page lists, and no others. */
function eventsOf({ stdout, stderr, progress }: Outcome): readonly Event[] {
  expect([stderr, progress]).toEqual(["", []]);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  for (const { type, time, ...fields } of events) {
    expect(new Date(String(time)).toISOString()).toBe(time);
    expect(Object.keys(EVENTS[type].fields)).toEqual(
      expect.arrayContaining(Object.keys(fields)),
    );
  }
  expect(events[0]).toMatchObject({ type: "started", format: 1 });
  expect(events.filter(({ type }) => type === "summary")).toEqual([
    events.at(-1),
  ]);
  return events;
}

const typed = (events: readonly Event[], type: EventType) =>
  events.filter((event) => event.type === type);

const phasesOf = (events: readonly Event[]) =>
  typed(events, "phaseEnded").map(({ phase, succeeded }) => [phase, succeeded]);

const MINE = `thing("terraform_data", "mine", { provisioner: [{ "local-exec": { command: "echo my secret" } }] });
new TerraformOutput(stack, "word", { value: "word" });
new TerraformOutput(stack, "password", { value: "hunter2", sensitive: true });`;

describe("deploy and destroy with --json", () => {
  const project = projectWith(MINE);
  const run = (args: string): Promise<Outcome> =>
    project.run(`${args} --json`, environment);

  test("print what happens, and no secret", async () => {
    const outcome = await run("deploy");
    const events = eventsOf(outcome);
    expect(outcome.exitCode).toBe(0);
    expect(phasesOf(events)).toEqual(
      ["find", "synthesis", "init", "state", "plan", "apply"].map((phase) => [
        phase,
        true,
      ]),
    );
    expect(typed(events, "planned")).toMatchObject([
      {
        stack: "stack",
        summary: "2 files to make; 1 other resource to make",
        others: [{ address: "terraform_data.mine", action: "create" }],
      },
    ]);
    const about = expect.objectContaining({
      address: "terraform_data.mine",
      action: "create",
    });
    expect(typed(events, "resourceStarted")).toContainEqual(about);
    expect(typed(events, "resourceEnded")).toContainEqual(about);
    expect(typed(events, "message")).toMatchObject(
      [
        {
          stack: "stack",
          title: expect.any(String),
          text: /ca: 2 files made$/,
        },
      ].map((each) => ({ ...each, text: expect.stringMatching(each.text) })),
    );
    expect(typed(events, "outputs")).toMatchObject([
      { outputs: { word: { value: "word" }, password: { sensitive: true } } },
    ]);
    expect(outcome.stdout).not.toMatch(/hunter2|my secret|PRIVATE KEY/);
    const ended = typed(events, "resourceEnded").length;
    expect(events.at(-1)).toMatchObject({
      exitCode: 0,
      resources: { create: ended, update: 0, delete: 0, failed: 0 },
      warnings: 0,
      errors: 0,
    });
  });

  test("ask nobody, not even in a terminal, and say what is needed", async () => {
    project.write("main.ts", stackWith(""));
    const outcome = await run("deploy");
    const events = eventsOf(outcome);
    expect(outcome.exitCode).toBe(1);
    expect(typed(events, "questionNotPossible")).toMatchObject([
      {
        stack: "stack",
        option: "--allow-destroy",
        resources: ["terraform_data.mine"],
      },
    ]);
    expect(typed(events, "error")).toMatchObject([
      { message: expect.stringContaining("deploy with --allow-destroy") },
    ]);
    expect(events.at(-1)).toMatchObject({ exitCode: 1, errors: 1 });

    const { stdout, exitCode } = await project.inTerminal(
      "deploy --json",
      "yes\n",
      environment,
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain('"type":"questionNotPossible"');
    expect(stdout).not.toContain("Type yes");
    expect(stdout).not.toContain("\u001b");
  });

  test("refuse --confirm before anything is done", async () => {
    const outcome = await run("deploy --confirm");
    const events = eventsOf(outcome);
    expect(events.map(({ type }) => type)).toEqual([
      "started",
      "error",
      "summary",
    ]);
    expect(events[1].message).toContain("with --json nobody is asked");
    expect([outcome.exitCode, events[2].exitCode]).toEqual([2, 2]);
  });

  test("tell which resource failed, and which stacks were not begun", async () => {
    project.write(
      "main.ts",
      stackWith(
        `${MINE}
thing("terraform_data", "bad", { provisioner: [{ "local-exec": { command: "exit 3" } }] });
const later = new TerraformStack(app, "later");
new LocalBackend(later, { path: "../../../terraform.later.tfstate" });
later.addDependency(stack);`,
      ),
    );
    const outcome = await run("deploy");
    const events = eventsOf(outcome);
    expect(outcome.exitCode).toBe(1);
    expect(typed(events, "resourceEnded")).toContainEqual(
      expect.objectContaining({
        address: "terraform_data.bad",
        succeeded: false,
      }),
    );
    expect(phasesOf(events).at(-1)).toEqual(["apply", false]);
    expect(typed(events, "notStarted")).toMatchObject([{ stacks: ["later"] }]);
    expect(events.at(-1)).toMatchObject({
      exitCode: 1,
      resources: { failed: 1 },
      errors: 1,
    });
  });

  test("print what a destroy does", async () => {
    project.write("main.ts", stackWith(MINE));
    const outcome = await run("destroy");
    const events = eventsOf(outcome);
    expect(outcome.exitCode).toBe(0);
    expect(events[0].command).toBe("destroy");
    expect(phasesOf(events).at(-1)).toEqual(["destroy", true]);
    expect(typed(events, "planned")).toMatchObject([
      {
        others: expect.arrayContaining([
          { address: "terraform_data.mine", action: "delete" },
        ]),
      },
    ]);
    expect(events.at(-1)).toMatchObject({
      exitCode: 0,
      resources: { create: 0 },
    });
  });

  test("go on when nobody reads the events any more", async () => {
    project.write("main.ts", stackWith(MINE));
    const { child, outcome } = project.start("deploy --json", environment);
    child.stdout?.once("data", () => child.stdout?.destroy());
    const { exitCode, stderr } = await outcome;
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stateOf(project)).toContain('"mine"');
  });

  test("end with a summary if they are interrupted", async () => {
    project.write("main.ts", "setInterval(() => undefined, 1000);");
    const { child, outcome } = project.start("deploy --json", environment);
    await new Promise<void>((resolve) =>
      child.stdout?.on("data", (data: Buffer) => {
        if (String(data).includes('"phase":"synthesis"')) resolve();
      }),
    );
    child.kill("SIGINT");
    const events = eventsOf(await outcome);
    expect(phasesOf(events).at(-1)).toEqual(["synthesis", false]);
    expect(events.at(-1)).toMatchObject({ exitCode: 130, warnings: 1 });
  });
});
