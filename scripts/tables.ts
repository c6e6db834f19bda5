import {
  AUTHORITIES,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../lib/catalog/authorities";
import { CERTIFICATES, type CertificateRow } from "../lib/catalog/certificates";
import { DIFFERENCES } from "../lib/catalog/differences";
import {
  addPolicies,
  FLAG_OWNERS,
  warnPolicies,
} from "../lib/catalog/flags/policies";
import type { FlagCondition } from "../lib/catalog/flags/policy";
import { KUBECONFIGS } from "../lib/catalog/kubeconfigs";
import type { Site } from "../lib/catalog/site";
import { recommendedEtcdTag } from "../lib/catalog/etcd-advisories";
import { parseAnyVersion, VERSIONS } from "../lib/catalog/versions";
import { COMMAND_NAMES, commandRow } from "../lib/cli/commands/command-rows";
import {
  onlyWith,
  optionAbout,
  optionUsage,
  usageOf,
} from "../lib/cli/commands/help";
import { EVENTS } from "../lib/cli/event-rows";
import { PHASES } from "../lib/cli/phases";
import { HANDLING } from "../lib/constructs/kubeadm-config/handling";
import { siteOf } from "../lib/constructs/site/site";
import { HARDENING_TABLES } from "./hardening-tables";
import { table } from "./markdown-table";

/**
 * The tables in the pages that repeat the catalog. `npm run docs` writes each table between `<!-- table: name -->` and
 * `<!-- end of table -->`; a test fails if one is out of date.
 */
export const TABLES: Readonly<Record<string, () => string>> = {
  authorities: () =>
    table(
      ["CA or key pair", "Files", "Subject"],
      [
        ...AUTHORITIES.map(({ purpose, path, commonName }) => [
          purpose,
          `\`${path}.crt\`, \`${path}.key\``,
          `CN=${commonName}`,
        ]),
        [
          SERVICE_ACCOUNT_KEY_PAIR.purpose,
          `\`${SERVICE_ACCOUNT_KEY_PAIR.path}.pub\`, \`${SERVICE_ACCOUNT_KEY_PAIR.path}.key\``,
          "no certificate",
        ],
      ],
    ),
  certificates: () =>
    table(
      ["Certificate", "On the node", "CA", "Subject", "Usage", "Names"],
      CERTIFICATES.map((row) => [
        row.purpose,
        `\`${row.path}.crt\``,
        row.authority,
        subject(row.subject(SITE, NODE)),
        row.usages.map((usage) => usage.replace("Auth", "")).join(", "),
        row.names ? namesOf(row) : "none",
      ]),
    ),
  kubeconfigs: () =>
    table(
      ["Kubeconfig", "On the node", "Subject of its certificate", "Server"],
      KUBECONFIGS.map((row) => [
        row.purpose,
        `\`${row.path}\``,
        subject(row.subject(NODE)),
        row.server === "endpoint" ? "the endpoint" : "the node's own",
      ]),
    ),
  differences: () =>
    table(
      ["In", "kubeadm", "This library", "Why"],
      DIFFERENCES.map((row) => [row.in, row.kubeadm, row.here, row.why]),
    ),
  ...HARDENING_TABLES,
  "weak-flags": () =>
    table(
      ["Component", "Flag", "Warns if", "Risk"],
      FLAG_OWNERS.flatMap((component) =>
        warnPolicies(component).map(({ flag, when, risk }) => [
          component,
          `\`--${flag}\``,
          when.map(conditionText).join(", and "),
          risk,
        ]),
      ),
    ),
  "list-flags": () =>
    table(
      ["Component", "Flags that `addArgs` adds to"],
      FLAG_OWNERS.map((component) => [
        component,
        addPolicies(component)
          .map(({ flag }) => `\`--${flag}\``)
          .join(", "),
      ]).filter(([, flags]) => flags !== ""),
    ),
  versions: () =>
    table(
      [
        "Kubernetes",
        "Compared with kubeadm",
        "etcd",
        "etcd, recommended",
        "CoreDNS",
        "pause",
      ],
      VERSIONS.filter(({ deployable }) => deployable).map((row) => [
        `1.${row.minor}`,
        row.measured,
        row.etcdImageTag,
        recommendedEtcdTag(row),
        row.coreDnsImageTag,
        row.pauseImageTag,
      ]),
    ),
  commands: () =>
    COMMAND_NAMES.map((name) => {
      const { alias, summary, about, words, options, exitCodes, example } =
        commandRow(name);
      return [
        `## ${name}`,
        ["```text", usageOf(name), "```"].join("\n"),
        [
          `${summary[0].toUpperCase()}${summary.slice(1)}.`,
          ...about,
          ...(alias ? [`\`${alias}\` is another name for it.`] : []),
        ].join(" "),
        ...(words
          ? [
              table(
                ["Word", "What it does"],
                Object.entries(words).map(([word, row]) => [
                  `\`${word}\``,
                  row.about,
                ]),
              ),
            ]
          : []),
        ...(options.length > 0
          ? [
              table(
                ["Option", "What it does"],
                options.map((option) => [
                  `\`${optionUsage(option, name)}\``,
                  `${optionAbout(name, option)}${onlyWith(words, option)}`,
                ]),
              ),
            ]
          : []),
        table(["Exit code", "Meaning"], Object.entries(exitCodes)),
        ["```sh", example, "```"].join("\n"),
      ].join("\n\n");
    }).join("\n\n"),
  phases: () =>
    table(
      ["Phase", "What goes on"],
      Object.entries(PHASES).map(([name, { about }]) => [`\`${name}\``, about]),
    ),
  events: () =>
    Object.entries(EVENTS)
      .map(([type, { about, fields }]) =>
        [
          `### ${type}`,
          about,
          table(
            ["Field", "What it is"],
            Object.entries(fields).map(([name, is]) => [`\`${name}\``, is]),
          ),
        ].join("\n\n"),
      )
      .join("\n\n"),
  "kubeadm-fields": () =>
    table(
      ["Field", "How it is used"],
      Object.entries(HANDLING).flatMap(([kind, rows]) =>
        Object.entries(rows).flatMap(([path, row]) => {
          const name = `\`${kind}${path && "."}${path}\``;
          if (row.how === "meaningless")
            return [[name, `warning: ${row.what}`]];
          if (row.how === "secret")
            return [[name, `warning, never copied: ${row.what}`]];
          if (row.how === "refused") return [[name, `error: ${row.todo}`]];
          if (row.how === "switch")
            return [
              [
                name,
                `${Object.keys(row.sets).join(", ")}: used; others: warning`,
              ],
            ];
          if (row.how === "used" && row.but)
            return [[name, `used, and a warning: ${row.but}`]];
          return [];
        }),
      ),
    ),
};

/** Returns the page with up-to-date tables. */
export function withTables(page: string): string {
  return page.replace(
    /(<!-- table: ([\w-]+) -->\n)[\s\S]*?(<!-- end of table -->)/g,
    (_, start: string, name: string, end: string) =>
      `${start}\n${TABLES[name]()}\n\n${end}`,
  );
}

const SITE: Site = siteOf(
  {
    kubernetesVersion: parseAnyVersion(VERSIONS.at(-1)!.measured)!.text,
    endpoint: "the.endpoint:6443",
    certSans: ["certsans"],
    dnsDomain: "dns.domain",
    nodes: [{ name: "node", address: "192.0.2.1", addresses: ["192.0.2.2"] }],
  },
  { external: false },
);
const [NODE] = SITE.nodes;

/** Replaces the example's values with descriptions. */
const WORDS: Readonly<Record<string, string>> = {
  node: "the node's name",
  "192.0.2.1": "its address",
  "192.0.2.2": "its `addresses`",
  "the.endpoint": "the endpoint's host",
  certsans: "`certSans`",
  "kubernetes.default.svc.dns.domain": "kubernetes.default.svc.`dnsDomain`",
  "10.96.0.1": "the first address of `serviceSubnet`",
};

function namesOf(row: CertificateRow): string {
  return row.names!(SITE, NODE)
    .map((name) => WORDS[name] ?? name)
    .join(", ");
}

function subject({
  commonName,
  organizations = [],
}: ReturnType<CertificateRow["subject"]>): string {
  const parts = [
    ...organizations.map((name) => `O=${name}`),
    `CN=${commonName}`,
  ];
  return parts
    .join(", ")
    .replace(/\bnode$/, "`<node>`")
    .replace(/=node\b/, "=`<node>`");
}

function conditionText({ flag, test, pattern }: FlagCondition): string {
  const shown = pattern === "" ? "empty" : `\`${pattern}\``;
  const texts = {
    is: pattern === ".+" ? "it is set" : `\`${flag}\` is ${shown}`,
    has: `\`${flag}\` has ${shown}`,
    lacks: `\`${flag}\` lacks ${shown}`,
    differs: "it is not the default file",
  };
  return texts[test];
}
