import { readFileLines } from "../../store/artefacts";
import {
  parseCertificates,
  type CertificateFacts,
} from "../../pki/certificates";
import { readPrivateKey } from "../../pki/keys";
import type { Stamp } from "../../request/request";
import type { Store } from "../../store/store";
import {
  anything,
  attempt,
  fields,
  list,
  optional,
  record,
} from "../../base/shape";
import { readYaml } from "../../base/yaml";
import { NO_CERTIFICATE } from "../../pki/verification";

/** A certificate of a store, wherever it lies. */
export interface Holding {
  readonly facts: CertificateFacts;
  /** What stands behind it in its file: those that signed it. */
  readonly behind: readonly CertificateFacts[];
  readonly files: readonly string[];
  /** Of the artefact that it was made as; none where a hand put it there. */
  readonly stamp?: Stamp;
  readonly problem?: string;
}

export interface Problem {
  readonly file: string;
  readonly reason: string;
}

interface Found {
  readonly file: string;
  readonly facts: CertificateFacts;
  readonly behind: readonly CertificateFacts[];
  readonly problem?: string;
}

/** No certificate is there, but much else may be: the data of an etcd of this machine. */
const BOOKKEEPING =
  /^(\.stamps|\.lock|\.staging|pending|processes)\/|^inventory\.json$/;

/** The certificates in files and in kubeconfigs; copies of one are one holding. */
export function readHoldings(store: Store): {
  holdings: Holding[];
  problems: Problem[];
} {
  const stamps = store.stamps();
  const keys = keyFiles(stamps);
  const outcomes = store
    .files()
    .filter((file) => !BOOKKEEPING.test(file))
    .flatMap((file) => {
      const text = store.read(file)?.toString() ?? "";
      if (/\.(crt|pem|cer)$/.test(file))
        return [certificateIn(file, text, keys.get(file), store)];
      return /^\s*client-certificate-data:/m.test(text)
        ? kubeconfigIn(file, text)
        : [];
    });
  const found = outcomes.filter((one): one is Found => "facts" in one);
  const problems = outcomes.filter((one): one is Problem => !("facts" in one));
  return {
    holdings: together(found, stamps),
    problems: [...problems, ...lostFiles(store, stamps)],
  };
}

/** The key of a certificate by its artefact; a hand-made one has it beside. */
function keyFiles(stamps: ReadonlyMap<string, Stamp>): Map<string, string> {
  return new Map(
    [...stamps.values()].flatMap(({ files }) => {
      const [certificate, key] = readFileLines(files);
      return key ? [[certificate.path, key.path]] : [];
    }),
  );
}

function certificateIn(
  file: string,
  text: string,
  keyFile: string | undefined,
  store: Store,
): Found | Problem {
  const [facts, ...behind] = parseCertificates(text);
  if (facts === undefined) return { file, reason: NO_CERTIFICATE };
  const key = store.read(keyFile ?? file.replace(/\.(crt|pem|cer)$/, ".key"));
  return {
    file,
    facts,
    behind,
    ...(key && { problem: keyProblem(facts, key) }),
  };
}

function kubeconfigIn(file: string, text: string): (Found | Problem)[] {
  return usersOf(text).map((user) => {
    const decode = (field: string): Buffer =>
      Buffer.from(String(user[field] ?? ""), "base64");
    const [facts, ...behind] = parseCertificates(
      decode("client-certificate-data"),
    );
    if (facts === undefined)
      return { file, reason: `its client certificate: ${NO_CERTIFICATE}` };
    return {
      file,
      facts,
      behind,
      problem: keyProblem(facts, decode("client-key-data")),
    };
  });
}

const USERS = fields({
  users: optional(list(fields({ user: record(anything) }))),
});

function usersOf(text: string): Readonly<Record<string, unknown>>[] {
  const { users = [] } = attempt(() => readYaml(text, USERS)) ?? {};
  return users
    .map(({ user }) => user)
    .filter((user) => "client-certificate-data" in user);
}

function keyProblem(facts: CertificateFacts, pem: Buffer): string | undefined {
  const key = readPrivateKey(pem);
  if (key === undefined) return "its key cannot be read";
  return facts.x509.checkPrivateKey(key)
    ? undefined
    : "its key does not belong to it";
}

function together(
  found: readonly Found[],
  stamps: ReadonlyMap<string, Stamp>,
): Holding[] {
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const { fingerprint256 } = one.facts.x509;
    groups.set(fingerprint256, [...(groups.get(fingerprint256) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const stamp = ({ file }: Found): Stamp | undefined => stamps.get(file);
    const isOriginal = (one: Found): boolean =>
      ![undefined, "copy", "merged-kubeconfig"].includes(stamp(one)?.kind);
    const [first, ...copies] = [...group].sort(
      (a, b) =>
        Number(isOriginal(b)) - Number(isOriginal(a)) ||
        a.file.length - b.file.length,
    );
    const problem = group.find((one) => one.problem !== undefined);
    return {
      facts: first.facts,
      behind: first.behind,
      files: [first, ...copies].map(({ file }) => file),
      stamp: stamp(first),
      ...(problem && { problem: `${problem.file}: ${problem.problem}` }),
    };
  });
}

/** What a stamp says was made and is gone. */
function lostFiles(
  store: Store,
  stamps: ReadonlyMap<string, Stamp>,
): Problem[] {
  return [...stamps.values()]
    .filter(({ pending }) => pending === undefined)
    .flatMap(({ files }) => readFileLines(files))
    .filter(({ path }) => store.read(path) === undefined)
    .map(({ path }) => ({ file: path, reason: "it is missing" }));
}
