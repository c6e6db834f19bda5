import { wrap } from "../text";
import {
  COMMAND_NAMES,
  commandRow,
  type CommandName,
  type CommandRow,
  type OptionName,
  OPTIONS,
} from "./command-rows";

const PROGRAM = "cdktf-control-plane";
const WIDTH = 80;

/** `--out FILE` */
export function optionUsage(name: OptionName, command?: CommandName): string {
  const option = { ...OPTIONS[name], ...meaningOf(name, command) };
  return "value" in option ? `--${name} ${option.value}` : `--${name}`;
}

/** What an option means with a command, if that is not what it means with others. */
const meaningOf = (name: OptionName, command: CommandName | undefined) =>
  command && commandRow(command).means?.[name];

/** What an option of a command does. */
export function optionAbout(command: CommandName, name: OptionName): string {
  const option = { ...OPTIONS[name], ...meaningOf(name, command) };
  return commandRow(command).printsEvents && "aboutEvents" in option
    ? option.aboutEvents
    : option.about;
}

/** ` (only defrag)`, for an option that not all words of a command take. */
export function onlyWith(
  words: CommandRow["words"] = {},
  option: OptionName,
): string {
  const taking = Object.keys(words).filter((word) =>
    words[word].options.includes(option),
  );
  return taking.length === Object.keys(words).length
    ? ""
    : ` (only ${taking.join(", ")})`;
}

/** `cdktf-control-plane plan [stack…] [--out FILE] [--json]` */
export const usageOf = (name: CommandName): string =>
  usageParts(name).join(" ");

const usageParts = (name: CommandName): string[] => [
  `${PROGRAM} ${name}`,
  commandRow(name).arguments,
  ...commandRow(name).options.map((option) => `[${optionUsage(option, name)}]`),
];

/** The usage in lines, which do not break within an option. */
const usageLines = (name: CommandName): string[] =>
  wrap(
    usageParts(name)
      .map((part) => part.replaceAll(" ", "\u00a0"))
      .join(" "),
    WIDTH - 2,
  ).map((line, at) => (at === 0 ? "" : "  ") + line.replaceAll("\u00a0", " "));

/** The list of all commands. */
export const helpText = (): string =>
  [
    "Kubernetes control planes with CDKTF or cdktn, and Terraform.",
    "",
    ...columns(
      COMMAND_NAMES.map((name) => [
        `${PROGRAM} ${name}`,
        commandRow(name).summary,
      ]),
    ),
    "",
    `${PROGRAM} <command> --help explains a command and its exit codes. --version prints the version.`,
  ].join("\n");

/** The help of one command. */
export function commandHelp(name: CommandName): string {
  const { alias, summary, about, words, options, exitCodes, example } =
    commandRow(name);
  const sentence = `${summary[0].toUpperCase()}${summary.slice(1)}.`;
  return [
    ...usageLines(name),
    "",
    ...[sentence, ...about].flatMap((text) => wrap(text, WIDTH)),
    ...(alias === undefined ? [] : [`${PROGRAM} ${alias} does the same.`]),
    ...section(
      "What it does",
      Object.entries(words ?? {}).map(([word, row]) => [word, row.about]),
    ),
    ...section(
      "Options",
      options.map((option) => [
        optionUsage(option, name),
        `${optionAbout(name, option)}${onlyWith(words, option)}`,
      ]),
    ),
    ...section("Exit codes", Object.entries(exitCodes)),
    "",
    "Example",
    `  ${example}`,
  ].join("\n");
}

const section = (
  title: string,
  rows: readonly (readonly [string, string])[],
): string[] => (rows.length > 0 ? ["", title, ...columns(rows)] : []);

/** Two columns, the second of which is wrapped. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, about]) =>
    wrap(about, WIDTH - width).map(
      (line, at) => `  ${(at === 0 ? name : "").padEnd(width)}${line}`,
    ),
  );
}
