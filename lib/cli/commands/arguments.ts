import { parseArgs } from "node:util";
import { didYouMean } from "../../catalog/similar-name";
import {
  invalidOption,
  noCommand,
  optionNotTaken,
  unknownCommand,
  unknownOption,
  wrongArguments,
} from "../errors";
import { unknownWord } from "../errors-etcd";
import {
  COMMAND_NAMES,
  commandNamed,
  commandRow,
  type CommandName,
  type OptionName,
  OPTIONS,
} from "./command-rows";
import { optionUsage, usageOf } from "./help";

/** What was asked for on the command line. */
export type Asked =
  | { readonly version: true }
  /** Help about one command, or about all. */
  | { readonly help: CommandName | "all" }
  | ({ readonly command: CommandName } & Arguments);

export interface Arguments {
  readonly names: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly confirm: boolean;
  readonly allowDestroy: boolean;
  readonly noDeploy: boolean;
  readonly nodes: readonly string[];
  readonly html: boolean;
  readonly check: boolean;
  readonly all: boolean;
  readonly out?: string;
  readonly format?: string;
  readonly to?: string;
  readonly keep?: number;
  readonly keepDays?: number;
}

/** The options that a command takes, or one of its words. */
const optionsOf = (command: CommandName, word?: string) =>
  wordsOf(command)[word ?? ""]?.options ?? commandRow(command).options;

const takenBy = (command: CommandName, word?: string): string[] =>
  optionsOf(command, word).map((option) => optionUsage(option, command));

const wordsOf = (command: CommandName) => commandRow(command).words ?? {};

const EVERYWHERE = ["help", "version"];

export function parseArguments(args: readonly string[]): Asked {
  const { tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: {
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "v" },
      ...Object.fromEntries(
        Object.entries(OPTIONS).map(([name, option]) => [
          name,
          { type: "value" in option ? "string" : "boolean" } as const,
        ]),
      ),
    },
  });
  const options = tokens.filter((token) => token.kind === "option");
  const words = tokens.flatMap((token) =>
    token.kind === "positional" ? [token.value] : [],
  );
  const given = new Set(options.map(({ name }) => name));
  const asksForHelp = given.has("help") || words[0] === "help";
  const [word, ...names] = words[0] === "help" ? words.slice(1) : words;
  const command = word === undefined ? undefined : commandNamed(word);
  for (const { name, rawName, value, index } of options)
    checkOption(name, rawName, value, args[index], command);
  if (given.has("version")) return { version: true };
  if (word === undefined) {
    if (asksForHelp) return { help: "all" };
    throw noCommand();
  }
  if (command === undefined)
    throw unknownCommand(word, COMMAND_NAMES, didYouMean(word, COMMAND_NAMES));
  if (asksForHelp) return { help: command };
  const ofWord = wordIn(command, names);
  const taken: readonly string[] = optionsOf(command, ofWord);
  for (const { name, rawName } of options)
    if (!taken.includes(name))
      throw optionNotTaken(
        [command, ofWord].filter(Boolean).join(" "),
        rawName,
        takenBy(command, ofWord),
      );
  const valueOf = (option: OptionName): string | undefined =>
    options.find(({ name }) => name === option)?.value;
  return {
    command,
    names,
    json: given.has("json"),
    quiet: given.has("quiet"),
    confirm: given.has("confirm"),
    allowDestroy: given.has("allow-destroy"),
    noDeploy: given.has("no-deploy"),
    nodes: options.flatMap(({ name, value }) =>
      name === "node" && value !== undefined ? [value] : [],
    ),
    html: given.has("html"),
    check: given.has("check"),
    all: given.has("all"),
    out: valueOf("out"),
    format: valueOf("format"),
    to: valueOf("to"),
    keep: numberOf("keep", valueOf("keep")),
    keepDays: numberOf("keep-days", valueOf("keep-days")),
  };
}

function numberOf(
  option: OptionName,
  value: string | undefined,
): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(value))
    throw invalidOption(
      `--${option} ${JSON.stringify(value)} is not a whole number above 0.`,
    );
  return Number(value);
}

/** The first argument, if the command has words for it; it then is one of them. */
function wordIn(
  command: CommandName,
  [given]: readonly string[],
): string | undefined {
  const known = Object.keys(wordsOf(command));
  if (known.length === 0) return undefined;
  if (given === undefined) throw wrongArguments(command, usageOf(command));
  if (!known.includes(given))
    throw unknownWord(command, given, known, didYouMean(given, known));
  return given;
}

/** @param argument The whole argument. Node takes Terraform's `-json` for four options of one letter. */
function checkOption(
  name: string,
  rawName: string,
  value: string | undefined,
  argument: string,
  command: CommandName | undefined,
): void {
  const known = [...EVERYWHERE, ...Object.keys(OPTIONS)];
  if (!known.includes(name)) {
    const [written] = argument.split("=");
    throw unknownOption(
      written,
      didYouMean(written, known, (each) => `--${each}`),
      command && { name: command, taken: takenBy(command) },
    );
  }
  const takesValue = name in OPTIONS && "value" in OPTIONS[name as OptionName];
  if (takesValue && !value)
    throw invalidOption(
      `${rawName} needs a value: ${optionUsage(name as OptionName, command)}.`,
    );
  if (!takesValue && value !== undefined)
    throw invalidOption(
      `${rawName} takes no value, so ${JSON.stringify(value)} cannot be used. Write ${rawName}.`,
    );
}
