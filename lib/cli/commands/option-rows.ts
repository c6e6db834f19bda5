/** An option that takes a value has the name under which the help shows the value. */
export const OPTIONS = {
  "allow-destroy": {
    about:
      "destroy or replace resources that are not this library's without asking",
  },
  confirm: { about: "show the whole plan, and ask before it is applied" },
  json: {
    about: "print one JSON document, for programs",
    aboutEvents: "print events for programs, each a line of JSON",
  },
  "no-deploy": {
    about:
      "only ask for the new keys; the next deploy or terraform apply makes them",
  },
  node: {
    value: "NAME",
    about: "only what is on this node; may be given several times",
  },
  out: { value: "FILE", about: "write it to FILE" },
  quiet: {
    about: "print only the result, warnings and errors, and no progress",
  },
  format: {
    value: "svg|dot|mermaid",
    about: "the language of the picture; without it, SVG",
  },
  html: { about: "write one page for a browser, with pictures" },
  to: {
    value: "VERSION",
    about:
      "the release to which the upgrade would lead; without it, that of the program if it is newer than what runs, else the next minor",
  },
  keep: {
    value: "NUMBER",
    about: "then remove older backups, except this number of the newest",
  },
  "keep-days": {
    value: "DAYS",
    about: "then remove backups that are older than that",
  },
  check: { about: "ask the hosts first, as `cdktf-control-plane check` does" },
  all: { about: "every member, however little of its database is free" },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly value?: string;
      readonly about: string;
      /** What it does with a command that prints events. */
      readonly aboutEvents?: string;
    }
  >
>;

export type OptionName = keyof typeof OPTIONS;
