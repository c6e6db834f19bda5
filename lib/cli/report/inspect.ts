import { isCertificateFile } from "../../store/certificate-files";
import { subjectText, type CertificateFacts } from "../../pki/certificates";
import { isSelfSigned } from "../../pki/chain";
import { SYSTEM_CLOCK } from "../../base/clock";
import { milliseconds, rfc3339 } from "../../base/duration";
import { AgentError } from "../../base/errors";
import { waitingIn } from "../../store/signatures";
import { isStore } from "../../store/kept";
import { Store } from "../../store/store";
import {
  anchoredFiles,
  type Anchors,
  exchangedFiles,
  type Hashes,
} from "../plan/anchors";
import { storeProblems } from "../plan/store-problems";
import {
  type Problem,
  readCertificates,
  type StoreCertificate,
} from "../plan/store-certificates";
import { PLAIN, type Style } from "../output";
import { inspectionText } from "./inspect-table";
import { inspectBackup } from "./last-backup";
import { inspectTokens } from "./inspect-tokens";
import { chainProblem, renewalTime } from "../../pki/verification";
import { printable, visibleJson } from "../../base/visible";
import type {
  InspectedCertificate,
  InspectedStore,
  CertificateStatus,
} from "./inspected";

export interface InspectOptions {
  readonly json: boolean;
  /** The hashes of the CAs in the state. @default none; the CAs are not compared, and no message says so */
  readonly anchors?: Anchors;
  /** @default now */
  readonly now?: Date;
  /** @default PLAIN */
  readonly style?: Style;
}

export interface InspectResult {
  readonly text: string;
  /**
   * 0: no problems. 1: a certificate is due, expired or waits for a signature, or a CA expires soon. 2: a chain, a key
   * or a file is broken, or there is no store.
   */
  readonly exitCode: 0 | 1 | 2;
}

/** Lists every certificate of the stores, and verifies its chain and key. It changes nothing. */
export function inspect(
  storeDirectories: readonly string[],
  options: InspectOptions,
): InspectResult {
  const now = options.now ?? new Date(SYSTEM_CLOCK.now());
  const { hashes, missing } = options.anchors ?? {};
  const stores = storeDirectories.map((directory) => {
    const unanchored = missing?.get(directory);
    const store = new Store(directory);
    return {
      ...notEmpty(store, inspectStore(store, now, hashes)),
      ...(unanchored !== undefined && { unanchored }),
    };
  });
  const exitCode = Math.max(
    0,
    ...stores.map(exitCodeOf),
  ) as InspectResult["exitCode"];
  const text = options.json
    ? `${visibleJson({ exitCode, stores }, 2)}\n`
    : inspectionText(printable(stores), now, options.style ?? PLAIN);
  return { text, exitCode };
}

/** A store without any certificate is a problem: perhaps another folder was meant. */
function notEmpty(store: Store, inspected: InspectedStore): InspectedStore {
  const { certificates, problems } = inspected;
  if (certificates.length > 0 || problems.length > 0 || isStore(store))
    return inspected;
  const reason = store.exists
    ? "no certificate was found here. Is this folder a store?"
    : "there is no such folder. Name that of a store: clusters/<name> by default";
  return { ...inspected, problems: [{ file: inspected.store, reason }] };
}

function exitCodeOf(store: InspectedStore): number {
  const { certificates, tokens, problems, waiting } = store;
  const states = [...certificates, ...tokens].map(({ state }) => state);
  if (problems.length > 0 || states.includes("broken")) return 2;
  return waiting.length > 0 || states.some((state) => state !== "fine") ? 1 : 0;
}

/** How early the expiry of a CA is reported. Everything that it signed expires with it, so replacing it takes time. */
const CA_EXPIRY_NOTICE = milliseconds("2160h");

export function inspectStore(
  store: Store,
  now: Date,
  anchors: Hashes = new Map(),
): InspectedStore {
  try {
    const { problems, blocked } = storeProblems(store);
    return blocked
      ? nothingRead(store, problems)
      : inspectFiles(store, now, anchors, problems);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const reason = error.message.replace(/\n/g, " ");
    return nothingRead(store, [{ file: ".", reason }]);
  }
}

function inspectFiles(
  store: Store,
  now: Date,
  anchors: Hashes,
  found: readonly Problem[],
): InspectedStore {
  const exchanged = exchangedFiles(store, anchors);
  const read = readCertificates(store);
  const problems = [
    ...found,
    ...exchanged.map((file) => ({ file, reason: EXCHANGED })),
    ...read.problems,
  ];
  const anchored = anchoredFiles(store, anchors);
  const isAnchored = ({ files }: StoreCertificate): boolean =>
    files.some((file) => anchored.includes(file));
  const names = read.certificates.filter(isAnchored).map(subjectOf);
  // A certificate that was put in the place of a CA that the state knows, or that has such a CA's name, is not trusted:
  // nothing is verified against it, not even itself. Any other CA is the user's own, for example that of an external etcd.
  const isImpostor = (certificate: StoreCertificate): boolean =>
    isAnchored(certificate)
      ? certificate.files.some((file) => exchanged.includes(file))
      : anchored.length > 0 &&
        (certificate.stamp?.kind === "copy" ||
          names.includes(subjectOf(certificate)));
  const authorities = read.certificates
    .filter((one) => one.facts.isAuthority && !isImpostor(one))
    .flatMap(({ facts, chain }) => [facts, ...chain]);
  const certificates = read.certificates
    .map((one) => inspectCertificate(one, authorities, now))
    .sort(
      (a, b) =>
        hour(a.notAfter).localeCompare(hour(b.notAfter)) ||
        a.purpose.localeCompare(b.purpose, "en", { numeric: true }),
    );
  const { stack, clusterName } = store.inventory() ?? {};
  return {
    store: store.shown(),
    ...(stack && { stack }),
    ...(clusterName && { clusterName }),
    certificates,
    tokens: inspectTokens(store, now),
    problems,
    waiting: waitingIn(store),
    ...inspectBackup(store),
  };
}

/** Certificates that were made together differ by seconds, which says nothing. */
const hour = (time: string): string => time.slice(0, "2026-01-31T12".length);

const nothingRead = (
  store: Store,
  problems: readonly Problem[],
): InspectedStore => ({
  store: store.shown(),
  certificates: [],
  tokens: [],
  problems,
  waiting: [],
});

const subjectOf = ({ facts }: StoreCertificate): string =>
  subjectText(facts.subject);

const EXCHANGED =
  "it differs from the hash in Terraform's state: it was exchanged or changed after the last apply. Restore the store from its backup, and find out who changed it";

function inspectCertificate(
  certificate: StoreCertificate,
  authorities: readonly CertificateFacts[],
  now: Date,
): InspectedCertificate {
  const { facts, stamp, files } = certificate;
  const renewedBy = facts.isAuthority
    ? "hand"
    : isRenewedByKubelet(certificate)
      ? "kubelet"
      : "apply";
  const renewal =
    renewedBy === "apply" ? renewalTime(facts, stamp?.renewBefore) : undefined;
  return {
    purpose: stamp?.purpose ?? certificate.purpose ?? files[0],
    ...statusOf(certificate, authorities, renewal, now),
    subject: subjectText(facts.subject),
    issuer: facts.issuer.commonName || subjectText(facts.issuer),
    names: facts.names,
    usages: facts.usages,
    key: facts.keyAlgorithm,
    authority: facts.isAuthority,
    notBefore: rfc3339(facts.notBefore),
    notAfter: rfc3339(facts.notAfter),
    ...(renewal && { renewal: rfc3339(renewal) }),
    renewedBy,
    files,
    serialNumber: facts.x509.serialNumber,
    fingerprint256: facts.x509.fingerprint256,
  };
}

/** Whether it is a kubelet's client certificate. The kubelet starts with it, and requests all later ones itself. */
function isRenewedByKubelet({ facts, files }: StoreCertificate): boolean {
  return (
    facts.subject.commonName.startsWith("system:node:") &&
    facts.usages.includes("clientAuth") &&
    !files.some(isCertificateFile)
  );
}

function statusOf(
  { facts, chain, problem, stamp }: StoreCertificate,
  authorities: readonly CertificateFacts[],
  renewal: Date | undefined,
  now: Date,
): { state: CertificateStatus; reason?: string } {
  const broken =
    problem ??
    signatureProblem(
      facts,
      // Behind a root stand others that are trusted like it.
      isSelfSigned(facts) ? [] : chain,
      authorities,
      facts.isAuthority && isImported(stamp),
      now,
    );
  if (broken !== undefined) return { state: "broken", reason: broken };
  if (facts.notBefore > now)
    return {
      state: "broken",
      reason: `it is not valid before ${rfc3339(facts.notBefore)}`,
    };
  if (facts.notAfter <= now)
    return {
      state: "expired",
      reason: `it expired at ${rfc3339(facts.notAfter)}`,
    };
  if (stamp?.renewal && !stamp.pending)
    return {
      state: "due",
      reason: "renewal was asked for, so the next apply renews it",
    };
  if (renewal && renewal <= now)
    return { state: "due", reason: "the next apply renews it" };
  return facts.isAuthority &&
    facts.notAfter.getTime() - now.getTime() < CA_EXPIRY_NOTICE
    ? {
        state: "due",
        reason: `this CA expires at ${rfc3339(facts.notAfter)}: plan its replacement`,
      }
    : { state: "fine" };
}

const isImported = (stamp: StoreCertificate["stamp"]): boolean =>
  stamp?.kind === "imported-authority" || stamp?.foreignName === true;

/** Why no CA of the store verifies a certificate. The issuer of an imported CA need not be in the store. */
function signatureProblem(
  facts: CertificateFacts,
  chain: readonly CertificateFacts[],
  authorities: readonly CertificateFacts[],
  isImportedAuthority: boolean,
  now: Date,
): string | undefined {
  const reasons = authorities.map((authority) =>
    chainProblem(facts, authority, chain, now),
  );
  if (isImportedAuthority || reasons.includes(undefined)) return undefined;
  const named = authorities.findIndex(
    ({ subject }) => subjectText(subject) === subjectText(facts.issuer),
  );
  return (
    reasons[named] ??
    `it is signed by ${subjectText(facts.issuer)}, which is not in the store`
  );
}
