import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Clock, SYSTEM_CLOCK } from "../../base/clock";
import { AgentError } from "../../base/errors";
import { fileError } from "../../base/files";
import { requireTemporaryFolder } from "../../base/temporary";
import { Store } from "../../store/store";
import { anchorsOf } from "../plan/anchors";
import { check } from "./check";
import { Children, Interrupted } from "../plan/children";
import { deploy } from "./deploy";
import { destroy } from "./destroy";
import {
  CliError,
  invalidArguments,
  noStores,
  unknownCommand,
} from "../errors";
import { HELP } from "./help";
import { inspect } from "../report/inspect";
import { preview } from "./preview";
import { standardOutput } from "../output";
import { enumerated } from "../text";
import { knownStores, refuseAnotherWorkspace } from "../plan/stores";
import { teardown } from "./teardown";
import type { Context } from "../plan/workspace";

interface Arguments {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly allowDestroy: boolean;
}

const COMMANDS: Readonly<
  Record<string, (given: Arguments, context: Context) => Promise<number>>
> = {
  deploy: ({ names, allowDestroy }, context) =>
    deploy(names, { allowDestroy }, context),
  preview: ({ names, json }, context) => preview(names, { json }, context),
  destroy: ({ names }, context) => destroy(names, context),
  check: ({ names, json }, context) => {
    const stores = storesFor(
      "check",
      names,
      context,
      (directory) => new Store(directory).isClaimed,
    );
    return check(stores, { json }, context);
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
    });
    context.output.say(text.trimEnd());
    return exitCode;
  },
  teardown: ({ names }, context) => {
    if (names.length !== 1)
      throw invalidArguments(
        "teardown takes one store: cdktf-control-plane teardown clusters/<name>",
      );
    return teardown(names[0], context);
  },
};

const WITH_JSON = ["preview", "check", "inspect"];

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

/** Runs one command, and returns the exit code of the process. */
export async function runCli(
  args: readonly string[],
  clock: Clock = SYSTEM_CLOCK,
): Promise<number> {
  const output = standardOutput();
  const children = new Children(
    () => output.warn("Stopping once the current step has finished…"),
    clock,
  );
  try {
    const { command, ...given } = parse(args);
    if (command === undefined) return 0;
    // Terraform, ssh and the app would each fail in its own way, or wait for ever.
    if (command !== "inspect") requireTemporaryFolder();
    const { env: environment } = process;
    return await COMMANDS[command](given, {
      children,
      environment,
      output,
      clock,
    });
  } catch (error) {
    if (error instanceof Interrupted) {
      output.say("Stopped. To continue from here, run the same command again.");
      return 130;
    }
    // Errors of a store, and system errors about a file, have messages for people, too.
    const known =
      error instanceof AgentError || error instanceof CliError
        ? error
        : fileError(error);
    if (known === undefined) throw error;
    output.fail(known.message);
    return known instanceof CliError ? known.exitCode : 2;
  } finally {
    children.end();
  }
}

/** Prints the version or the help if it was requested; then the result has no command. */
function parse(args: readonly string[]): Arguments & { command?: string } {
  const { values, positionals } = parseStrictly(args);
  const [command, ...names] = positionals;
  const noCommand = { names, json: false, allowDestroy: false };
  if (values.version) {
    console.log(version());
    return noCommand;
  }
  if (values.help || command === "help" || command === undefined) {
    console.log(HELP);
    if (command === undefined && !values.help)
      throw invalidArguments("No command was given.");
    return noCommand;
  }
  if (!Object.hasOwn(COMMANDS, command))
    throw unknownCommand(command, Object.keys(COMMANDS));
  if (values.json && !WITH_JSON.includes(command))
    throw invalidArguments(
      `${command} does not take --json. Only ${enumerated(WITH_JSON)} do.`,
    );
  const allowDestroy = values["allow-destroy"] ?? false;
  if (allowDestroy && command !== "deploy")
    throw invalidArguments(
      `${command} does not take --allow-destroy. Only deploy does.`,
    );
  return { command, names, json: values.json ?? false, allowDestroy };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
        json: { type: "boolean" },
        "allow-destroy": { type: "boolean" },
      },
    });
  } catch (error) {
    // Only the first sentence: after it, Node explains how to use `--`, which rarely helps.
    throw invalidArguments(`${(error as Error).message.split(". ")[0]}.`);
  }
}

function version(): string {
  const manifest = readFileSync(join(__dirname, "../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
