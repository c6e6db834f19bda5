import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Clock, SYSTEM_CLOCK } from "../../base/clock";
import { AgentError } from "../../base/errors";
import { fileError } from "../../base/files";
import { requireTemporaryFolder } from "../../base/temporary";
import { isStore } from "../../store/kept";
import { Store } from "../../store/store";
import { CliError, noStores, wrongArguments } from "../errors";
import { confirmWithJson } from "../errors-plan";
import type { CommandOutput, Output } from "../output";
import { eventOutput } from "../event-output";
import { standardOutput } from "../standard-output";
import { anchorsOf } from "../plan/anchors";
import { Children, Interrupted } from "../plan/children";
import { knownStores, refuseAnotherWorkspace } from "../plan/stores";
import type { Context } from "../plan/workspace";
import { inspect } from "../report/inspect";
import { type Arguments, type Asked, parseArguments } from "./arguments";
import { backup, verifyBackups } from "./backup";
import { check } from "./check";
import { type CommandName, commandRow } from "./command-rows";
import { completionScript } from "./completion";
import { deploy } from "./deploy";
import { destroy } from "./destroy";
import { careFor, etcdStatus, hasEtcdMembers, onlyStore } from "./etcd";
import { graph } from "./graph";
import { commandHelp, helpText, usageOf } from "./help";
import { plan } from "./plan";
import { preview } from "./preview";
import { renew } from "./renew";
import { report } from "./report";
import { teardown } from "./teardown";
import { token } from "./token";
import { upgradeCheck } from "./upgrade-check";

/** Runs each command, and returns its exit code. */
const RUN: Readonly<
  Record<
    CommandName,
    (given: Arguments, context: Context) => Promise<number> | number
  >
> = {
  plan: ({ names, ...options }, context) => plan(names, options, context),
  deploy: ({ names, ...options }, context) => deploy(names, options, context),
  renew: ({ names, ...options }, context) => renew(names, options, context),
  preview: ({ names }, context) => preview(names, context),
  destroy: ({ names }, context) => destroy(names, context),
  check: ({ names }, context) => {
    const stores = storesFor("check", names, context, (directory) =>
      isStore(new Store(directory)),
    );
    return check(stores, context);
  },
  "upgrade-check": ({ names, to }, context) => {
    const stores = storesFor("upgrade-check", names, context, (directory) =>
      isStore(new Store(directory)),
    );
    return upgradeCheck(stores, to, context);
  },
  etcd: ({ names: [task, ...names], all }, context) => {
    const stores = storesFor(`etcd ${task}`, names, context, hasEtcdMembers);
    return task === "defrag" || task === "recover"
      ? careFor(onlyStore(`etcd ${task}`, stores), { task, all }, context)
      : etcdStatus(stores, context);
  },
  inspect: async ({ names, json }, context) => {
    const stores = storesFor("inspect", names, context);
    for (const store of stores)
      refuseAnotherWorkspace(resolve(store), context.environment);
    const anchors = await anchorsOf(stores, context);
    const { text, exitCode } = inspect(stores, {
      json,
      anchors,
      now: new Date(context.clock.now()),
      style: context.output.style,
    });
    if (json) context.output.document(() => text.trimEnd());
    else context.output.say(text.trimEnd());
    return exitCode;
  },
  backup: ({ names, ...options }, context) => {
    const [first, ...files] = names;
    if (first === "verify") return verifyBackups(files, context);
    const stores = storesFor("backup", names, context, (directory) =>
      isStore(new Store(directory)),
    );
    return backup(stores, options, context);
  },
  graph: ({ names, ...options }, context) => graph(names, options, context),
  report: ({ names, ...options }, context) => report(names, options, context),
  teardown: ({ names }, context) => {
    if (names.length !== 1)
      throw wrongArguments("teardown", usageOf("teardown"));
    return teardown(names[0], context);
  },
  token: ({ names }, context) => {
    if (names.length !== 1) throw wrongArguments("token", usageOf("token"));
    return token(names[0], context);
  },
  completion: ({ names: [shell, ...more] }, { output }) => {
    const script = completionScript(shell);
    if (script === undefined || more.length > 0)
      throw wrongArguments("completion", usageOf("completion"));
    output.say(script);
    return 0;
  },
};

/** The commands that start no other program. */
const WITHOUT_PROGRAMS: readonly CommandName[] = [
  "inspect",
  "token",
  "completion",
];

/** The stores named on the command line, or else all known stores for which `isUsable` is true. */
function storesFor(
  command: string,
  names: readonly string[],
  { environment }: Context,
  isUsable: (directory: string) => boolean = () => true,
): readonly string[] {
  const stores =
    names.length > 0 ? names : knownStores(environment).filter(isUsable);
  if (stores.length === 0) throw noStores(command);
  return stores;
}

/** Does what was asked on the command line, and returns the exit code of the process. */
export async function runCli(
  args: readonly string[],
  clock: Clock = SYSTEM_CLOCK,
): Promise<number> {
  // If the reader of a pipe exits, as `head` does, the command continues.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => undefined);
  let asked: Asked;
  try {
    asked = parseArguments(args);
  } catch (error) {
    return tellError(error, standardOutput());
  }
  if ("version" in asked) {
    console.log(version());
    return 0;
  }
  if ("help" in asked) {
    console.log(asked.help === "all" ? helpText() : commandHelp(asked.help));
    return 0;
  }
  const output = outputFor(asked, clock);
  const exitCode = await runCommand(asked, output, clock);
  output.end(exitCode);
  return exitCode;
}

type AskedCommand = Extract<Asked, { command: CommandName }>;

const outputFor = (
  { command, json, quiet }: AskedCommand,
  clock: Clock,
): CommandOutput =>
  json && commandRow(command).printsEvents
    ? eventOutput({ version: version(), command }, clock, (line) =>
        console.log(line),
      )
    : standardOutput({ quiet, json }, clock);

async function runCommand(
  asked: AskedCommand,
  output: Output,
  clock: Clock,
): Promise<number> {
  const { command } = asked;
  const children = new Children(
    () => output.warn("Stopping once the current step has finished…"),
    clock,
  );
  try {
    if (asked.confirm && asked.json) throw confirmWithJson();
    // Terraform, ssh and the app would each fail in their own way, or wait for ever.
    if (!WITHOUT_PROGRAMS.includes(command)) requireTemporaryFolder();
    const { env: environment } = process;
    return await RUN[command](asked, { children, environment, output, clock });
  } catch (error) {
    return tellError(error, output, command);
  } finally {
    children.end();
  }
}

/** Prints an error that people can understand, and returns the exit code. */
function tellError(
  error: unknown,
  output: Output,
  command?: CommandName,
): number {
  if (error instanceof Interrupted) {
    const again = error.command ?? "the same command again";
    output.say(`Stopped. To continue from here, run ${again}.`);
    return 130;
  }
  // Errors of a store, and system errors about a file, have messages for people, too.
  const known =
    error instanceof AgentError || error instanceof CliError
      ? error
      : fileError(error);
  if (known === undefined) throw error;
  output.fail(known.message);
  if (known instanceof CliError) return known.exitCode;
  // The exit code 2 of `plan` means that there are changes.
  return command === "plan" ? 1 : 2;
}

function version(): string {
  const manifest = readFileSync(join(__dirname, "../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
