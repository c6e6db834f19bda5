import { subjectText, type CertificateFacts } from "../../pki/certificates";
import { SYSTEM_CLOCK } from "../../base/clock";
import { milliseconds, rfc3339 } from "../../base/duration";
import { AgentError } from "../../base/errors";
import { waitingIn } from "../../store/signatures";
import { Store } from "../../store/store";
import {
  anchoredFiles,
  type Anchors,
  exchangedFiles,
  type Hashes,
} from "../plan/anchors";
import { storeProblems } from "../plan/guard";
import { readHoldings, type Holding, type Problem } from "../plan/holdings";
import { inspectionText } from "./inspect-table";
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
  /** What the state knows of the authorities. @default nothing, and nothing is said of it */
  readonly anchors?: Anchors;
  /** @default now */
  readonly now?: Date;
}

export interface InspectResult {
  readonly text: string;
  /**
   * 0: all is well. 1: a certificate is due, expired or waits for a signature, or an authority nears its end.
   * 2: something cannot work: a chain, a key, a file, or there is no such store.
   */
  readonly exitCode: 0 | 1 | 2;
}

/** Every certificate of some stores, each chain and key verified. Writes nothing. */
export function inspect(
  storeDirectories: readonly string[],
  options: InspectOptions,
): InspectResult {
  const now = options.now ?? new Date(SYSTEM_CLOCK.now());
  const { hashes, missing } = options.anchors ?? {};
  const stores = storeDirectories.map((directory) => {
    const unanchored = missing?.get(directory);
    return {
      ...inspectStore(new Store(directory), now, hashes),
      ...(unanchored !== undefined && { unanchored }),
    };
  });
  const exitCode = Math.max(
    0,
    ...stores.map(exitCodeOf),
  ) as InspectResult["exitCode"];
  const text = options.json
    ? `${visibleJson({ exitCode, stores }, 2)}\n`
    : inspectionText(printable(stores), now);
  return { text, exitCode };
}

function exitCodeOf(store: InspectedStore): number {
  const { certificates, tokens, problems, waiting } = store;
  const states = [...certificates, ...tokens].map(({ state }) => state);
  if (problems.length > 0 || states.includes("broken")) return 2;
  return waiting.length > 0 || states.some((state) => state !== "fine") ? 1 : 0;
}

/** An authority takes its followers with it, so its end is announced early. */
const NEAR_THE_END = milliseconds("2160h");

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
  const { holdings, problems: ofFiles } = readHoldings(store);
  const problems = [
    ...found,
    ...exchanged.map((file) => ({ file, reason: EXCHANGED })),
    ...ofFiles,
  ];
  const known = anchoredFiles(store, anchors);
  const isKnown = ({ files }: Holding): boolean =>
    files.some((file) => known.includes(file));
  const names = holdings.filter(isKnown).map(subjectOf);
  // Who stands in the place of an authority that the state knows, or bears its name, vouches for nobody: not even for
  // itself. Others are people's own, an etcd's elsewhere for example.
  const isImpostor = (holding: Holding): boolean =>
    isKnown(holding)
      ? holding.files.some((file) => exchanged.includes(file))
      : known.length > 0 &&
        (holding.stamp?.kind === "copy" || names.includes(subjectOf(holding)));
  const authorities = holdings
    .filter((holding) => holding.facts.isAuthority && !isImpostor(holding))
    .flatMap(({ facts, behind }) => [facts, ...behind]);
  const certificates = holdings
    .map((holding) => inspectCertificate(holding, authorities, now))
    .sort(
      (a, b) =>
        a.notAfter.localeCompare(b.notAfter) ||
        a.purpose.localeCompare(b.purpose),
    );
  const { stack, clusterName } = store.inventory() ?? {};
  const absent = certificates.length === 0 && problems.length === 0;
  return {
    store: store.shown(),
    ...(stack && { stack }),
    ...(clusterName && { clusterName }),
    certificates,
    tokens: inspectTokens(store, now),
    problems: absent
      ? [
          {
            file: store.shown(),
            reason: "there is no certificate here; is it a store?",
          },
        ]
      : problems,
    waiting: waitingIn(store),
  };
}

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

const subjectOf = ({ facts }: Holding): string => subjectText(facts.subject);

const EXCHANGED =
  "it is not the file that the state knows: it was exchanged or altered after the last apply. Restore the store from its backup, and find out who changed it";

function inspectCertificate(
  holding: Holding,
  authorities: readonly CertificateFacts[],
  now: Date,
): InspectedCertificate {
  const { facts, stamp, files } = holding;
  const renewedBy = facts.isAuthority
    ? "hand"
    : isKubelets(holding)
      ? "kubelet"
      : "apply";
  const renewal =
    renewedBy === "apply" ? renewalTime(facts, stamp?.renewBefore) : undefined;
  return {
    purpose: stamp?.purpose ?? files[0],
    ...judge(holding, authorities, renewal, now),
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

/** Its certificate is only to begin with: a kubelet asks for its next ones itself, before this one ends. */
function isKubelets({ facts, files }: Holding): boolean {
  return (
    facts.subject.commonName.startsWith("system:node:") &&
    facts.usages.includes("clientAuth") &&
    files.every((file) => !/\.(crt|pem|cer)$/.test(file))
  );
}

function judge(
  { facts, behind, problem, stamp }: Holding,
  authorities: readonly CertificateFacts[],
  renewal: Date | undefined,
  now: Date,
): { state: CertificateStatus; reason?: string } {
  const broken =
    problem ??
    signatureProblem(
      facts,
      behind,
      authorities,
      facts.isAuthority && isSupplied(stamp),
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
  if (renewal && renewal <= now)
    return { state: "due", reason: "the next apply makes it anew" };
  return facts.isAuthority &&
    facts.notAfter.getTime() - now.getTime() < NEAR_THE_END
    ? {
        state: "due",
        reason: `an authority that ends at ${rfc3339(facts.notAfter)}: plan its replacement`,
      }
    : { state: "fine" };
}

const isSupplied = (stamp: Holding["stamp"]): boolean =>
  stamp?.kind === "imported-authority" || stamp?.foreignName === true;

/** An authority that was brought may be signed by one that stays elsewhere. */
function signatureProblem(
  facts: CertificateFacts,
  behind: readonly CertificateFacts[],
  authorities: readonly CertificateFacts[],
  brought: boolean,
  now: Date,
): string | undefined {
  const reasons = authorities.map((authority) =>
    chainProblem(facts, authority, behind, now),
  );
  if (brought || reasons.includes(undefined)) return undefined;
  const named = authorities.findIndex(
    ({ subject }) => subjectText(subject) === subjectText(facts.issuer),
  );
  return (
    reasons[named] ??
    `it is signed by ${subjectText(facts.issuer)}, which is not in the store`
  );
}
