import { compact } from "../../base/compact";
import { distance } from "../../base/duration";
import { groupedBy } from "../../base/group";
import { placeOnNode } from "../../store/node-files";
import { namesInWords } from "../names";
import type { Style } from "../output";
import { storeTitle, withoutNode, wrap } from "../text";
import { inspectedBackupLines } from "./backup-age";
import type {
  CertificateStatus,
  InspectedCertificate,
  InspectedStore,
  InspectedToken,
} from "./inspected";
import { type Mark, marked, tinted } from "./marks";
import { day, nextExpiry } from "./validity";

/** For each store: a table of its certificates and tokens, its problems, and a summary in one line. */
export const inspectionText = (
  stores: readonly InspectedStore[],
  now: Date,
  style: Style,
): string =>
  `${stores.map((store) => storeText(store, now, style)).join("\n\n")}\n`;

function storeText(store: InspectedStore, now: Date, style: Style): string {
  const rows = [
    ...store.certificates.map((one) => certificateRow(one, now)),
    ...store.tokens.map((token) => tokenRow(token, now)),
  ];
  return [
    [style.bold(storeTitle(store))],
    rows.length > 0
      ? table(rows, style)
      : store.problems.length > 0
        ? []
        : ["It has no certificates."],
    problemLines(store, style),
    unanchoredLines(store, style),
    store.backup ? inspectedBackupLines(store.backup, now, style) : [],
    summary(store, now, style),
  ]
    .filter((part) => part.length > 0)
    .map((part) => part.join("\n"))
    .join("\n\n");
}

const MARKS: Readonly<Record<CertificateStatus, Mark>> = {
  fine: " ",
  due: "!",
  expired: "x",
  broken: "x",
};

interface OnNode {
  readonly purpose: string;
  /** The node to which its first file belongs. */
  readonly node?: string;
}

const nodeOf = ([file]: readonly string[]): string | undefined =>
  placeOnNode(file)?.node;

/** The rows that differ only in their nodes, and in what `about` leaves out, are together. */
const alike = <One extends OnNode>(
  all: readonly One[],
  about: (one: One) => readonly string[],
): One[][] => [
  ...groupedBy(all, (one) =>
    one.node === undefined
      ? one
      : JSON.stringify([withoutNode(one.purpose, one.node), ...about(one)]),
  ).values(),
];

/** `serving certificate of kube-apiserver`, `on cp-1, cp-2, cp-3` */
function purposeOf(all: readonly OnNode[]): string[] {
  const [{ purpose, node }] = all;
  const shared = withoutNode(purpose, node);
  const nodes = all.flatMap((one) => one.node ?? []);
  return shared === purpose ? [purpose] : [shared, `on ${namesInWords(nodes)}`];
}

/** A certificate or token, in the columns of the table. */
interface Row extends OnNode {
  readonly mark: Mark;
  readonly expires: string;
  readonly renewed: string;
  readonly key: string;
  readonly issuer: string;
  readonly subject: string;
}

const COLUMNS = ["expires", "renewed", "key", "issuer", "purpose"] as const;

const HEADINGS: Omit<Row, "mark"> = {
  expires: "EXPIRES",
  renewed: "RENEWED",
  key: "KEY",
  issuer: "ISSUER",
  purpose: "PURPOSE",
  subject: "SUBJECT, NAMES",
};

const certificateRow = (one: InspectedCertificate, now: Date): Row => ({
  mark: MARKS[one.state],
  expires: dated(one.notAfter, now),
  renewed:
    one.renewedBy === "apply" ? renewed(one, now) : `by ${one.renewedBy}`,
  key: one.key,
  issuer: one.issuer,
  purpose: one.purpose,
  node: nodeOf(one.files),
  subject:
    one.names.length > 0
      ? `${one.subject} (${one.names.join(", ")})`
      : one.subject,
});

const tokenRow = (token: InspectedToken, now: Date): Row => ({
  mark: MARKS[token.state],
  expires: token.notAfter === undefined ? "never" : dated(token.notAfter, now),
  renewed: renewed(token, now),
  key: "token",
  issuer: "",
  purpose: `${token.purpose} (${token.files[0]})`,
  subject: token.subject,
});

function renewed(
  { state, renewal }: Pick<InspectedToken, "state" | "renewal">,
  now: Date,
): string {
  if (renewal === undefined) return "";
  return state === "due" || state === "expired"
    ? "by the next deploy"
    : `from ${dated(renewal, now)}`;
}

/** `2027-11-29 in 364 d` */
const dated = (time: string, now: Date): string =>
  `${day(time)} ${distance(time, now)}`;

/** The least room for subjects and names beside the other columns. With less, details are below each row. */
const LEAST_ROOM = 40;

function table(rows: readonly Row[], style: Style): string[] {
  const widths = COLUMNS.map((name) =>
    Math.max(HEADINGS[name].length, ...rows.map((row) => row[name].length)),
  );
  const lead = widths.reduce((sum, width) => sum + width + 2, 2);
  return style.width - lead < LEAST_ROOM
    ? stacked(rows, widths[0], style)
    : inLines(rows, widths, lead, style);
}

/** Each row is one line, and more lines only for names that do not fit. */
function inLines(
  rows: readonly Row[],
  widths: readonly number[],
  lead: number,
  style: Style,
): string[] {
  const cells = (row: Omit<Row, "mark">): string[] =>
    COLUMNS.map((name, at) => `${row[name].padEnd(widths[at])}  `);
  return [
    style.dim(`  ${cells(HEADINGS).join("")}${HEADINGS.subject}`),
    ...rows.flatMap((row) => {
      const [expires, ...others] = cells(row);
      const [first, ...more] = wrap(row.subject, style.width - lead);
      return [
        `${tinted(row.mark, `${row.mark} ${expires}`, style)}${others.join("")}${first}`,
        ...more.map((line) => " ".repeat(lead) + line),
      ];
    }),
  ];
}

/** Rows that are alike are a line with expiry and purpose, and lines with their details. */
function stacked(rows: readonly Row[], width: number, style: Style): string[] {
  const lead = " ".repeat(width + 4);
  return [
    style.dim(`  ${HEADINGS.expires.padEnd(width)}  ${HEADINGS.purpose}`),
    ...alike(rows, ({ mark, expires, renewed, key, issuer }) => [
      mark,
      expires,
      renewed,
      key,
      issuer,
    ]).flatMap((same) => {
      const [{ mark, expires, renewed, key, issuer }] = same;
      const room = style.width - lead.length;
      const purpose = purposeOf(same);
      const whole = purpose.join(" ");
      const [first, ...more] =
        whole.length <= room
          ? [whole]
          : purpose.flatMap((part) => wrap(part, room));
      const facts = compact(
        key,
        issuer !== "" && `signed by ${issuer}`,
        renewed !== "" && `renewed ${renewed}`,
      );
      const details = [
        facts.join(", "),
        ...new Set(same.map(({ subject }) => subject)),
      ];
      return [
        `${tinted(mark, `${mark} ${expires.padEnd(width)}`, style)}  ${first}`,
        ...more.map((line) => lead + line),
        ...details
          .flatMap((line) => wrap(`      ${line}`, style.width, 2))
          .map(style.dim),
      ];
    }),
  ];
}

function problemLines(
  { store, certificates, tokens, problems, waiting }: InspectedStore,
  style: Style,
): string[] {
  const noted = [...certificates, ...tokens].flatMap(
    ({ state, purpose, files, reason }) =>
      reason === undefined
        ? []
        : [{ state, purpose, files, reason, node: nodeOf(files) }],
  );
  return [
    ...alike(noted, ({ state, reason }) => [state, reason]).flatMap((same) =>
      marked(
        MARKS[same[0].state],
        `${purposeOf(same).join(" ")} (${firstOf(same.flatMap(({ files }) => files))}): ${same[0].reason}`,
        style,
      ),
    ),
    ...problems.flatMap(({ file, reason }) =>
      marked("x", `${file === "." ? store : file}: ${reason}`, style),
    ),
    ...waiting.flatMap(({ purpose, request }) =>
      marked(
        "!",
        `${purpose}: its request ${request} has not been signed yet`,
        style,
      ),
    ),
  ];
}

function unanchoredLines(
  { certificates, unanchored }: InspectedStore,
  style: Style,
): string[] {
  const hasAuthority = certificates.some(({ authority }) => authority);
  if (unanchored === undefined || !hasAuthority) return [];
  const text = `The CAs were not compared with Terraform's state, so an exchanged CA would go unnoticed: ${unanchored}.`;
  return wrap(text, style.width);
}

function firstOf([first, ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** `4 fine, 1 due. Next to expire: …` */
function summary(store: InspectedStore, now: Date, style: Style): string[] {
  const { certificates, tokens, waiting } = store;
  const all = [...certificates, ...tokens];
  if (all.length === 0) return [];
  const counts = [
    ...(["fine", "due", "expired", "broken"] as const).map(
      (state) =>
        [all.filter((one) => one.state === state).length, state] as const,
    ),
    [waiting.length, "waiting for a signature"] as const,
  ].filter(([count]) => count > 0);
  const next = nextExpiry(store, now);
  const text = [
    `${counts.map((words) => words.join(" ")).join(", ")}.`,
    ...(next
      ? [
          `Next to expire: ${next.what}, on ${day(next.time)} (${distance(next.time, now)}).`,
        ]
      : []),
  ].join(" ");
  return wrap(text, style.width);
}
