import { compact } from "../../base/compact";
import { rfc3339 } from "../../base/duration";
import { alike, type AlikeCertificates } from "../model/certificates";
import type { Authority } from "../model/authorities";
import type { Cluster } from "../model/cluster";
import { namesInWords, thousands } from "../names";
import { endOf, type Validity, whenInWords } from "../model/validity";
import { mermaidOf } from "../picture/mermaid";
import { outlineOf } from "../picture/outline";
import { picture } from "../picture/svg";
import { COLOURS, validityWords } from "../picture/words";
import { day } from "../report/validity";
import { count } from "../output";
import {
  type Chapter,
  code,
  type Document,
  image,
  type Item,
  item,
  list,
  type Section,
  table,
  text,
  values,
  type Words,
  words,
} from "./document";
import { findings } from "./findings";
import { backupSection, rotationSection, upgradeSection } from "./needs";
import { nodesSection } from "./nodes-section";
import { MOST_DRAWN, timeline } from "./timeline";

/** A report about clusters and other stores, as of a time. */
export function reportOf(clusters: readonly Cluster[], now: Date): Document {
  const time = rfc3339(now).replace(/T(..:..):..Z/, " $1 UTC");
  return {
    title: `Report: ${namesInWords(clusters.map(({ name }) => name))}`,
    about: words`As of ${time}. It holds no key, no token and no kubeconfig.`,
    chapters: clusters.map((cluster) => chapterOf(cluster, now)),
  };
}

function chapterOf(cluster: Cluster, now: Date): Chapter {
  const { name, facts } = cluster;
  const sections: Section[] = [
    {
      title: "What needs attention",
      blocks: [list(findings(cluster, now)), values(valuesOf(cluster, now))],
    },
    {
      title: "The cluster",
      blocks: [
        image(picture(cluster, now), mermaidOf(outlineOf([cluster], now))),
      ],
    },
    certificatesSection(cluster, now),
    authoritiesSection(cluster, now),
    nodesSection(cluster),
    clientsSection(cluster, now),
    backupSection(cluster),
    upgradeSection(cluster),
    rotationSection(cluster),
  ];
  return {
    title: name,
    about: words`stack ${facts.stack}, store ${code(facts.store)}`,
    sections: sections.filter(({ blocks }) => blocks.length > 0),
  };
}

function valuesOf(cluster: Cluster, now: Date): (readonly [string, Words])[] {
  const { version, endpoint, nodes, certificates } = cluster;
  const made = certificates.filter(({ found }) => found).length;
  const renewed = certificates.filter(({ renewal }) => renewal !== undefined);
  const renewal = renewed.flatMap((one) => one.renewal ?? []).sort()[0];
  const end = renewed
    .map(endOf)
    .filter((time) => Date.parse(time) > now.getTime())
    .sort()[0];
  const all = thousands(certificates.length);
  return compact<readonly [string, Words]>(
    version !== undefined && ["Kubernetes", words`${version}`],
    endpoint?.url !== undefined && ["Endpoint", words`${endpoint.url}`],
    nodes.length > 0 && ["Nodes", words`${thousands(nodes.length)}`],
    [
      "Certificates",
      made === certificates.length
        ? words`${all}`
        : words`${thousands(made)} of ${all} made`,
    ],
    renewal !== undefined && [
      "Next renewal",
      Date.parse(renewal) > now.getTime()
        ? words`${day(renewal)}, ${whenInWords(renewal, now)}`
        : words`due since ${day(renewal)}`,
    ],
    end !== undefined && [
      "Next to expire",
      words`${day(end)}, ${whenInWords(end, now)}`,
    ],
  );
}

function certificatesSection({ certificates }: Cluster, now: Date): Section {
  const rows = alike(certificates).sort(
    (a, b) =>
      endOf(a).localeCompare(endOf(b)) || a.purpose.localeCompare(b.purpose),
  );
  const bars = timeline(rows, now);
  const cut =
    rows.length > MOST_DRAWN
      ? ` It shows the first ${MOST_DRAWN} to expire; the table has all.`
      : "";
  return {
    title: "Certificates",
    blocks: compact(
      bars !== undefined &&
        text(
          words`A bar is the life of a certificate, and its solid part is the time in which a deploy renews it. The line is now.${cut}`,
        ),
      bars !== undefined && image(bars),
      rows.length > 0 &&
        table(
          [
            "Expires",
            "Renewed from",
            "Certificate",
            "Subject and names",
            "Key",
          ],
          rows.map((row) => [
            expiry(row, now),
            item(renewalWords(row)),
            item(
              row.purpose,
              undefined,
              row.nodes.length > 0
                ? words`${namesInWords(row.nodes)}`
                : words`${code(row.file)}`,
            ),
            subject(row),
            item(row.found?.key ?? ""),
          ]),
        ),
    ),
  };
}

/** The day of an expiry, in the colour of its state, with the time that is left. */
function expiry(validity: Validity, now: Date): Item {
  const { state, notAfter, reason = state } = validity;
  if (notAfter === undefined)
    return item(validityWords(validity, now), COLOURS[state]);
  const left = whenInWords(notAfter, now);
  const note = state === "fine" ? left : `${left}: ${reason}`;
  return item(day(notAfter), COLOURS[state], words`${note}`);
}

function renewalWords({
  isAuthority,
  found,
  renewal,
  state,
}: AlikeCertificates): string {
  if (isAuthority) return "by hand";
  if (found?.renewedBy === "kubelet") return "by kubelet";
  if (renewal === undefined) return "";
  return state === "due" ? "now" : day(renewal);
}

/** The most names that are written out. */
const MOST_NAMES = 14;

function subject({ all }: AlikeCertificates): Item {
  const found = all.flatMap((one) => one.found ?? []);
  const [first = "", ...more] = new Set(found.map((one) => one.subject));
  const names = [...new Set(found.flatMap((one) => one.names))];
  const shown =
    names.length > MOST_NAMES
      ? `${thousands(names.length)} names`
      : names.join(", ");
  return item(
    more.length > 0 ? `${first} and ${thousands(more.length)} more` : first,
    undefined,
    shown === "" ? undefined : words`${shown}`,
  );
}

function authoritiesSection(
  { authorities, certificates, facts }: Cluster,
  now: Date,
): Section {
  const shown = authorities.filter(({ kind }) => kind !== "elsewhere");
  const { unanchored } = facts.inspected ?? { unanchored: "" };
  return {
    title: "Authorities",
    blocks: compact(
      shown.length > 0 &&
        table(
          ["Expires", "Authority", "Subject", "Key", "Signs here"],
          shown.map((each) => {
            const found = certificates.find(
              ({ file }) => file === each.file,
            )?.found;
            return [
              expiry(each, now),
              item(each.purpose, undefined, words`${code(each.file ?? "")}`),
              item(
                found?.subject ?? "",
                undefined,
                each.issuer === undefined
                  ? undefined
                  : words`signed by ${each.issuer}`,
              ),
              item(found?.key ?? "", undefined, words`${keyWords(each)}`),
              item(signedWords(each)),
            ];
          }),
        ),
      shown.length > 0 &&
        unanchored === undefined &&
        text(
          words`Their files were compared with the hashes in Terraform's state.`,
        ),
    ),
  };
}

const keyWords = ({ hasKey, state }: Authority): string =>
  state === "none" ? "not made yet" : hasKey ? "in the store" : "elsewhere";

function signedWords({ kind, signs }: Authority): string {
  const total = signs.reduce((sum, each) => sum + each.count, 0);
  if (total === 0) return "nothing";
  return count(total, kind === "key-pair" ? "token" : "certificate");
}

const clientsSection = ({ clients }: Cluster, now: Date): Section => ({
  title: "Kubeconfigs and users",
  blocks:
    clients.length === 0
      ? []
      : [
          table(
            ["Expires", "Name", "User and groups", "File"],
            clients.map((each) => [
              expiry(each, now),
              item(each.name, undefined, words`${each.purpose}`),
              item(each.subject ?? ""),
              item(words`${code(each.file)}`),
            ]),
          ),
          text(
            words`Kubernetes cannot revoke a certificate: whoever has a kubeconfig can use it until it expires.`,
          ),
        ],
});
