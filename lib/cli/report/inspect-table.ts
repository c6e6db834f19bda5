import type {
  InspectedCertificate,
  InspectedStore,
  InspectedToken,
} from "./inspected";
import { storeTitle, WIDTH, wrap } from "../text";

const DAY = 86_400_000;
const HEADINGS = [
  "EXPIRES",
  "RENEWED",
  "KEY",
  "ISSUER",
  "PURPOSE, SUBJECT, NAMES",
];

/** For each store: a table of its certificates, its problems, and a summary in one line. */
export function inspectionText(
  stores: readonly InspectedStore[],
  now: Date,
): string {
  return `${stores.map((store) => storeText(store, now)).join("\n\n")}\n`;
}

function storeText(store: InspectedStore, now: Date): string {
  const { certificates, tokens } = store;
  return [
    [storeTitle(store)],
    certificates.length > 0 ? table(certificates) : [],
    tokens.map(tokenLine),
    problemLines(store),
    unanchoredLines(store),
    summary(store, now),
  ]
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n");
}

function table(certificates: readonly InspectedCertificate[]): string[] {
  const rows = certificates.map((one) => [
    day(one.notAfter),
    renewed(one),
    one.key,
    one.issuer,
  ]);
  const widths = HEADINGS.slice(0, 4).map((heading, at) =>
    Math.min(
      24,
      Math.max(heading.length, ...rows.map((row) => row[at].length)),
    ),
  );
  const lead = widths.reduce((sum, width) => sum + width + 2, 2);
  const line = (mark: string, cells: readonly string[], last: string): string =>
    `${mark} ${cells.map((cell, at) => fit(cell, widths[at]).padEnd(widths[at] + 2)).join("")}${last}`.trimEnd();
  return [
    line(" ", HEADINGS.slice(0, 4), HEADINGS[4]),
    ...certificates.flatMap((one, at) => {
      const [first, ...more] = details(one).flatMap((text) =>
        wrap(text, WIDTH - lead),
      );
      return [
        line(MARKS[one.state], rows[at], first),
        ...more.map((text) => " ".repeat(lead) + text),
      ];
    }),
  ];
}

/** A token's line, whose first two columns are those of the certificates. */
function tokenLine(token: InspectedToken): string {
  const { state, notAfter, renewal, purpose, files } = token;
  const ends = notAfter === undefined ? "never" : day(notAfter);
  const renewed = renewal === undefined ? "-" : day(renewal);
  const when = `${ends.padEnd(10)}  ${(state === "due" ? "due" : renewed).padEnd(10)}`;
  return `${MARKS[state]} ${when}  ${purpose} (${files[0]})`;
}

const MARKS = { fine: " ", due: "!", expired: "!", broken: "x" } as const;

function details({ purpose, subject, names }: InspectedCertificate): string[] {
  const also = names.length > 0 ? ` (${names.join(", ")})` : "";
  return [purpose, `  ${subject}${also}`];
}

function renewed({ state, renewal, renewedBy }: InspectedCertificate): string {
  if (state === "expired") return "expired";
  if (renewedBy === "kubelet") return "by kubelet";
  if (renewal === undefined) return "-";
  return state === "due" ? "due" : day(renewal);
}

/** `2026-01-31` of an RFC 3339 time. */
export const day = (time: string): string => time.slice(0, 10);

const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;

function problemLines({
  certificates,
  tokens,
  problems,
  waiting,
}: InspectedStore): string[] {
  return [
    ...[...certificates, ...tokens]
      .filter(({ reason }) => reason !== undefined)
      .map(
        ({ state, purpose, files, reason }) =>
          `${MARKS[state]} ${purpose} (${firstOf(files)}): ${reason}`,
      ),
    ...problems.map(({ file, reason }) => `x ${file}: ${reason}`),
    ...waiting.map(
      ({ purpose, request }) =>
        `! ${purpose}: its request ${request} has not been signed yet`,
    ),
  ].flatMap((text) =>
    wrap(text, WIDTH).map((line, at) => (at === 0 ? line : `  ${line}`)),
  );
}

function unanchoredLines({ unanchored }: InspectedStore): string[] {
  if (unanchored === undefined) return [];
  const text = `The CAs were not compared with Terraform's state, so an exchanged CA would go unnoticed: ${unanchored}`;
  return wrap(text, WIDTH);
}

function firstOf([first, ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

function summary(
  { certificates, waiting }: InspectedStore,
  now: Date,
): string[] {
  if (certificates.length === 0) return [];
  const states = ["fine", "due", "expired", "broken"].map((state) => ({
    state,
    count: certificates.filter((one) => one.state === state).length,
  }));
  const counts = [
    ...states,
    { state: "waiting for a signature", count: waiting.length },
  ].flatMap(({ state, count }) => (count > 0 ? [`${count} ${state}`] : []));
  const next = certificates.find(
    ({ notAfter, renewedBy }) =>
      new Date(notAfter) > now && renewedBy !== "kubelet",
  );
  const days =
    next &&
    Math.floor((new Date(next.notAfter).getTime() - now.getTime()) / DAY);
  return [
    `${counts.join(", ")}.${next ? ` Next to expire: ${next.purpose}, in ${days} days.` : ""}`,
  ];
}
