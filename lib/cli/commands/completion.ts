import { compact } from "../../base/compact";
import { COMMAND_NAMES, commandRow, type CommandName } from "./command-rows";
import { optionAbout } from "./help";

/** The name of the command, the same with cdktn's name, and its short name. */
const PROGRAMS = [
  "cdktf-control-plane",
  "cdktn-control-plane",
  "control-plane",
];

/** The name of a command and its other name, if it has one. */
const names = (name: CommandName): string[] =>
  compact(name, commandRow(name).alias);

/** The first arguments that say what a command does. */
const firstWords = (name: CommandName): string[] =>
  Object.keys(commandRow(name).words ?? {});

const wordsAfter = (name: CommandName): string =>
  [...commandRow(name).options, "help"].map((each) => `--${each}`).join(" ");

/** The completion script for a shell; `undefined` for shells without one. */
export function completionScript(shell: string): string | undefined {
  switch (shell) {
    case "bash":
      return bash();
    case "zsh":
      return ["autoload -U +X bashcompinit && bashcompinit", bash()].join("\n");
    case "fish":
      return fish();
    default:
      return undefined;
  }
}

/** What completes the words behind a command. */
const casesOf = (name: CommandName): string[] => {
  const cases = (at: string, words: string) =>
    `    ${names(name)
      .map((each) => `${at}:${each}`)
      .join("|")}) words="${words}" ;;`;
  const first = firstWords(name);
  return compact(
    first.length > 0 && cases("2", [...first, "--help"].join(" ")),
    cases("*", wordsAfter(name)),
  );
};

/** Completes commands and options, and then files: stores and saved plans are files. */
const bash = (): string => `_cdktf_control_plane() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  case "$COMP_CWORD:\${COMP_WORDS[1]}" in
    1:*) words="${COMMAND_NAMES.join(" ")} --help --version" ;;
${COMMAND_NAMES.flatMap(casesOf).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
}
complete -o filenames -F _cdktf_control_plane ${PROGRAMS.join(" ")}`;

function fish(): string {
  return PROGRAMS.flatMap((program) => [
    ...COMMAND_NAMES.map(
      (name) =>
        `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d '${quoted(commandRow(name).summary)}'`,
    ),
    ...COMMAND_NAMES.flatMap((name) =>
      Object.entries(commandRow(name).words ?? {}).map(
        ([word, { about }]) =>
          `complete -c ${program} -n '__fish_seen_subcommand_from ${names(name).join(" ")}; and not __fish_seen_subcommand_from ${firstWords(name).join(" ")}' -f -a ${word} -d '${quoted(about)}'`,
      ),
    ),
    ...COMMAND_NAMES.flatMap((name) =>
      commandRow(name).options.map(
        (option) =>
          `complete -c ${program} -n '__fish_seen_subcommand_from ${names(name).join(" ")}' -l ${option} -d '${quoted(optionAbout(name, option))}'`,
      ),
    ),
  ]).join("\n");
}

const quoted = (text: string): string => text.replaceAll("'", "\\'");
