import { crossPath } from "../../catalog/authorities";
import {
  isCertificateFile,
  withoutCertificateEnding,
} from "../../store/certificate-files";
import { groupedBy } from "../../base/group";
import { sha256 } from "../../base/files";
import { readFileLines } from "../../store/artefacts";
import {
  parseCertificates,
  type CertificateFacts,
} from "../../pki/certificates";
import { readPrivateKey } from "../../pki/keys";
import type { Stamp } from "../../request/artefact";
import { recordedHashes } from "../../store/renewals";
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

/** A certificate of a store, with all files that contain it. */
export interface StoreCertificate {
  readonly facts: CertificateFacts;
  /** The certificates that follow it in its file: its issuers. */
  readonly chain: readonly CertificateFacts[];
  readonly files: readonly string[];
  /** What it is, if it was made beside an artefact. */
  readonly purpose?: string;
  /** The stamp of its artefact; absent if somebody put the file there by hand. */
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
  readonly chain: readonly CertificateFacts[];
  readonly problem?: string;
}

/** Files that are not searched for certificates. They may be many and large, such as the data of a local etcd. */
const NOT_SEARCHED =
  /^(\.stamps|\.lock|\.staging|pending|processes)\/|^inventory\.json$/;

/** Reads the certificates in certificate files and kubeconfigs. Copies of one certificate are one entry. */
export function readCertificates(store: Store): {
  certificates: StoreCertificate[];
  problems: Problem[];
} {
  const stamps = store.stamps();
  const keys = keyFiles(stamps);
  const outcomes = store
    .files()
    .filter((file) => !NOT_SEARCHED.test(file))
    .flatMap((file) => {
      const text = store.read(file)?.toString() ?? "";
      if (isCertificateFile(file))
        return [certificateIn(file, text, keys.get(file), store)];
      return /^\s*client-certificate-data:/m.test(text)
        ? kubeconfigIn(file, text)
        : [];
    });
  const found = outcomes.filter((one): one is Found => "facts" in one);
  const problems = outcomes.filter((one): one is Problem => !("facts" in one));
  return {
    certificates: withoutCopies(found, stamps, store),
    problems: [...problems, ...lostFiles(store, stamps)],
  };
}

/** The key files of certificates, by certificate file, according to the stamps. */
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
  const [facts, ...chain] = parseCertificates(text);
  if (facts === undefined) return { file, reason: NO_CERTIFICATE };
  // A certificate without a stamp has its key, if any, beside it.
  const key = store.read(keyFile ?? `${withoutCertificateEnding(file)}.key`);
  return {
    file,
    facts,
    chain,
    ...(key && { problem: keyProblem(facts, key) }),
  };
}

function kubeconfigIn(file: string, text: string): (Found | Problem)[] {
  return usersOf(text).map((user) => {
    const decode = (field: string): Buffer =>
      Buffer.from(String(user[field] ?? ""), "base64");
    const [facts, ...chain] = parseCertificates(
      decode("client-certificate-data"),
    );
    if (facts === undefined)
      return { file, reason: `its client certificate: ${NO_CERTIFICATE}` };
    return {
      file,
      facts,
      chain,
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

/** Joins the copies of a certificate. A file that was made as another one is no copy, so it stays on its own. */
function withoutCopies(
  found: readonly Found[],
  stamps: ReadonlyMap<string, Stamp>,
  store: Store,
): StoreCertificate[] {
  const groups = groupedBy(found, ({ facts }) => facts.x509.fingerprint256);
  const stampOf = ({ file }: Found): Stamp | undefined => stamps.get(file);
  const isOriginal = (one: Found): boolean =>
    ![undefined, "copy", "merged-kubeconfig"].includes(stampOf(one)?.kind);
  // Whether it is still the file that was made; a file without a stamp is whatever it is.
  const isMade = ({ file }: Found): boolean => {
    const stamp = stamps.get(file);
    if (stamp === undefined || stamp.pending) return true;
    const at = readFileLines(stamp.files).findIndex(
      ({ path }) => path === file,
    );
    return (
      at < 0 || recordedHashes(stamp)[at] === sha256(store.read(file) ?? "")
    );
  };
  const crossed = new Map(
    [...stamps].map(([path, { purpose }]) => [crossPath(path), purpose]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = [...group].sort(
      (a, b) =>
        Number(isOriginal(b)) - Number(isOriginal(a)) ||
        Number(isMade(b)) - Number(isMade(a)) ||
        a.file.length - b.file.length,
    );
    const isCopy = (one: Found): boolean => !isOriginal(one) && isMade(one);
    const copies = others.filter(isCopy);
    const alone = others
      .filter((one) => !isCopy(one))
      .map((one) =>
        isMade(one)
          ? one
          : { ...one, problem: `it was replaced by a copy of ${first.file}` },
      );
    return [[first, ...copies], ...alone.map((one) => [one])].map((files) => ({
      facts: files[0].facts,
      chain: files[0].chain,
      files: files.map(({ file }) => file),
      stamp: stampOf(files[0]),
      ...(crossed.has(files[0].file) && {
        purpose: `cross certificate of the ${crossed.get(files[0].file)}`,
      }),
      ...problemOf(files),
    }));
  });
}

function problemOf(group: readonly Found[]): Pick<StoreCertificate, "problem"> {
  const found = group.find(({ problem }) => problem !== undefined);
  return found ? { problem: `${found.file}: ${found.problem}` } : {};
}

/** Files that were made, according to their stamps, and no longer exist. */
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
