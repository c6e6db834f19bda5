import { basename } from "node:path";
import { compact } from "../../base/compact";
import { groupedBy } from "../../base/group";
import { CERTIFICATES } from "../../catalog/certificates";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { didYouMean } from "../../catalog/similar-name";
import type { ArtefactKind, Stamp } from "../../request/artefact";
import { isRenewable } from "../../store/artefacts";
import { withoutCertificateEnding } from "../../store/certificate-files";
import { placeOnNode } from "../../store/node-files";
import { withoutNode } from "../text";
import {
  noCertificateYet,
  notRenewable,
  nothingToRenew,
  unknownCertificate,
  unknownNode,
} from "../errors-renew";

/** An artefact of the program, and what its store has of it. */
export interface Renewable {
  readonly of: ArtefactKind;
  /** Relative to the store. A certificate comes before its key. */
  readonly files: readonly string[];
  /** Absent if it was not made yet. */
  readonly stamp?: Pick<Stamp, "purpose" | "notAfter" | "pending" | "renewal">;
  /** The fingerprint of its certificate. Absent if that is missing or broken: then every deploy makes it again. */
  readonly certificate?: string;
}

/** What was named on the command line. */
export interface WantedRenewals {
  /** Names of certificates; all certificates if there are none. */
  readonly names: readonly string[];
  /** Names of nodes; all nodes, and what is on no node, if there are none. */
  readonly nodes: readonly string[];
  /** The stacks of the app, because a name may have been meant for one. */
  readonly stacks: readonly string[];
}

const CA_ROTATION =
  'For a new key, raise its generation in the prop keys: see "New keys" in docs/rotation.md.';

/** Why artefacts of these kinds get no new key here, and what to do instead. Kinds without keys are absent. */
const REFUSALS: Partial<Readonly<Record<ArtefactKind, string>>> = {
  authority: `it is a certificate authority. ${CA_ROTATION} To sign its certificate again with the same key, change caCertificateValidity (or the validity of a CertificateAuthority), and deploy.`,
  "imported-authority": `it is a certificate authority that you provide. To replace its certificate by another one of the same key and name, replace your file, and deploy.`,
  "key-pair":
    'it signs the tokens of service accounts. For a new key, raise its generation in the prop keys: see "New keys" in docs/rotation.md.',
  copy: "it is a copy of another file of the store. Name that file.",
  file: "it is a file of yours. Replace it where the program reads it, and deploy.",
  secret:
    "it is a secret that nodes share. It is made only once, because all of them would have to change it at the same moment.",
  "encryption-key":
    "values in etcd and in backups are encrypted with it. For another key, raise the generation of encryption, and deploy.",
  "service-account-token":
    "it is a token, which the API servers sign. To request another one now, delete it from the store, and deploy.",
  "merged-kubeconfig":
    "it is made from other kubeconfigs. Renew those; it follows them.",
};

const WITHOUT_CERTIFICATE =
  "it has no certificate of its own. If it contains that of another file, renew that file; it follows it.";

/** The file with which kubelet starts, and whose certificate it then replaces itself. */
export const KUBELET_KUBECONFIG = basename(kubeconfigRow("kubelet").path);

/** Whether it can be named at all. */
export const hasKey = ({ of: kind }: Pick<Renewable, "of">): boolean =>
  isRenewable({ kind }) || kind in REFUSALS;

/** Finds what was named, or fails, before anything is changed. */
export function selectRenewals<One extends Renewable>(
  all: readonly One[],
  { names, nodes, stacks }: WantedRenewals,
): One[] {
  const known = [...new Set(all.flatMap(nodeOf))];
  for (const node of nodes)
    if (!known.includes(node))
      throw unknownNode(node, known, didYouMean(node, known));
  const inScope = all.filter(
    (one) => nodes.length === 0 || nodeOf(one).some((on) => nodes.includes(on)),
  );
  const usable = inScope.filter((one) => refusalOf(one) === undefined);
  if (names.length === 0) {
    const made = usable.filter(({ stamp }) => stamp);
    if (made.length === 0) throw nothingToRenew(nodes);
    return made;
  }
  const chosen = names.map((name) => {
    const named = inScope.filter((one) => isNamed(one, name));
    if (named.length === 0) {
      const others = [...new Set(usable.map(nameOf))].sort();
      const hint = name.endsWith(KUBELET_KUBECONFIG)
        ? "The kubelet of a worker on a host requests its client certificate itself: the store has none."
        : didYouMean(name, [...others, ...stacks]);
      throw unknownCertificate(name, nodes, others, hint);
    }
    // A copy has the name of its original, and follows it.
    const originals = named.filter(isOriginal);
    const found =
      originals.length > 0
        ? originals
        : [
            ...all.filter((one) => isOriginal(one) && isNamed(one, name)),
            ...named,
          ];
    const refused = found.find((one) => refusalOf(one) !== undefined);
    if (refused)
      throw notRenewable(name, refused.files[0], refusalOf(refused)!);
    const made = found.filter(({ stamp }) => stamp);
    if (made.length === 0) throw noCertificateYet(name);
    return made;
  });
  return [...new Set(chosen.flat())];
}

function refusalOf({ of: kind, stamp }: Renewable): string | undefined {
  const isBare =
    kind === "kubeconfig" && stamp && !stamp.notAfter && !stamp.pending;
  return isBare ? WITHOUT_CERTIFICATE : REFUSALS[kind];
}

const isOriginal = ({ of: kind }: Renewable): boolean => kind !== "copy";

/** The node that has it, if one has. */
const nodeOf = ({ files: [file] }: Pick<Renewable, "files">): string[] =>
  compact(placeOnNode(file)?.node);

/** A name is the end of a path, with or without the ending of certificates, or the purpose that `inspect` prints. */
function isNamed(one: Renewable, name: string): boolean {
  const end = name.startsWith("/") ? name : `/${name}`;
  const { purpose = "" } = one.stamp ?? {};
  const [node] = nodeOf(one);
  return (
    one.files.some((file) =>
      [file, withoutCertificateEnding(file)].some((path) =>
        `/${path}`.endsWith(end),
      ),
    ) || [purpose, withoutNode(purpose, node)].includes(name)
  );
}

/** A short name: `apiserver`, `etcd/server`, `admin.conf`, or its path if it is on no node. */
export function nameOf(one: Pick<Renewable, "files">): string {
  const path = withoutCertificateEnding(one.files[0]);
  if (nodeOf(one).length === 0) return path;
  const row = CERTIFICATES.find((each) => path.endsWith(`/${each.path}`));
  return row?.path ?? path.slice(path.lastIndexOf("/") + 1);
}

/** The most nodes that a line names. */
const MOST_NAMED = 10;

/** One line for each name: `apiserver on cp-1, cp-2`. */
export function renewalLines(renewals: readonly Renewable[]): string[] {
  return [...groupedBy(renewals, nameOf)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, all]) => {
      const on = all.flatMap(nodeOf);
      const nodes =
        on.length > MOST_NAMED ? `${on.length} nodes` : on.join(", ");
      const line = on.length > 0 ? `${name} on ${nodes}` : name;
      return name === KUBELET_KUBECONFIG ? `${line}${FIRST_START}` : line;
    });
}

const FIRST_START =
  " (for kubelet's first start: a kubelet that runs keeps the key that it made itself)";

/** The fingerprints of certificates that have to be replaced, by the first file of each artefact. */
export const fingerprintsOf = (
  renewals: readonly Renewable[],
): Record<string, string> =>
  Object.fromEntries(
    renewals.flatMap(({ files: [file], certificate }) =>
      certificate === undefined ? [] : [[file, certificate]],
    ),
  );
