import { CERTIFICATES } from "../../catalog/certificates";
import { KUBECONFIGS } from "../../catalog/kubeconfigs";
import type { UnitId } from "../../catalog/units";
import type { ArtefactRow } from "../../request/manifest";
import { day } from "../report/validity";
import type { InspectedCertificate } from "../report/inspected";
import { groupedBy } from "../../base/group";
import { isCertificateFile } from "../../store/certificate-files";
import { placeOnNode } from "../../store/node-files";
import { withoutNode } from "../text";
import { artefactsOf, type StoreFacts } from "./facts";
import { NOT_MADE, type Validity } from "./validity";

/** A certificate or a token, which the program describes, or which is in the store, or both. */
export interface Certificate extends Validity {
  /** Without the name of its node. */
  readonly purpose: string;
  readonly isAuthority: boolean;
  /** Whether it is inside a kubeconfig. */
  readonly isKubeconfig: boolean;
  /** Its first file, relative to the store. */
  readonly file: string;
  readonly node?: string;
  /** The component that uses it. */
  readonly component?: UnitId;
  /** The file of the CA that signs it. Absent if that CA is not in the store, or if it signs itself. */
  readonly signer?: string;
  /** Whether its CA has its key in the store. */
  readonly hasKey: boolean;
  /** Whether it is in the store and no longer in the program. */
  readonly isLeft: boolean;
  /** What is in the store. Absent before it is made. */
  readonly found?: InspectedCertificate;
}

/** The components of certificates and kubeconfigs, by their purposes. */
const COMPONENTS: ReadonlyMap<string, UnitId | undefined> = new Map(
  [...CERTIFICATES, ...KUBECONFIGS].map(({ purpose, component }) => [
    purpose,
    component,
  ]),
);

const AUTHORITIES: readonly ArtefactRow["of"][] = [
  "authority",
  "imported-authority",
];

/** All certificates of a store: first those of the program, in its order, then the others that are in the store. */
export function certificatesOf(facts: StoreFacts): Certificate[] {
  const { inspected, files } = facts;
  const present = inspected?.certificates ?? [];
  const byFile = new Map(
    present.flatMap((one) => one.files.map((file) => [file, one] as const)),
  );
  const waiting = new Set(inspected?.waiting.map(({ purpose }) => purpose));
  const described = artefactsOf(facts).flatMap((row): Certificate[] => {
    const isAuthority = AUTHORITIES.includes(row.of);
    // A kubeconfig without an issuer has a token, or a copy of another certificate.
    if (!isAuthority && row.issuer === undefined) return [];
    const [file, key] = row.files;
    const purpose = row.purpose ?? file;
    const found = byFile.get(file);
    const validity = found ? validityOf(found) : NOT_MADE;
    return [
      {
        ...about(purpose, file),
        isAuthority,
        isKubeconfig: row.of === "kubeconfig",
        ...(row.issuer !== undefined && { signer: row.issuer }),
        hasKey: isAuthority && key !== undefined,
        isLeft: false,
        ...(waiting.has(purpose) && !found ? WAITING : validity),
        ...(found && { found }),
      },
    ];
  });
  const claimed = new Set(described.map(({ found }) => found));
  const left = present
    .filter((found) => !claimed.has(found))
    .map((found) => ({
      ...about(found.purpose, found.files[0]),
      ...validityOf(found),
      isAuthority: found.authority,
      isKubeconfig: !isCertificateFile(found.files[0]),
      hasKey: files.includes(found.files[0].replace(/\.[^.]+$/, ".key")),
      isLeft: true,
      found,
    }));
  return withSigners([...described, ...left]);
}

const WAITING: Validity = {
  state: "waiting",
  reason: "its request has not been signed yet",
};

const about = (
  purpose: string,
  file: string,
): Pick<Certificate, "purpose" | "file" | "node" | "component"> => {
  const node = placeOnNode(file)?.node;
  const shared = withoutNode(purpose, node);
  const component = COMPONENTS.get(shared);
  return {
    purpose: shared,
    file,
    ...(node !== undefined && { node }),
    ...(component && { component }),
  };
};

const validityOf = ({
  state,
  reason,
  notBefore,
  notAfter,
  renewal,
}: InspectedCertificate): Validity => ({
  state,
  notBefore,
  notAfter,
  ...(reason !== undefined && { reason }),
  ...(renewal !== undefined && { renewal }),
});

/** Finds the CAs that the program does not name by the name of the issuer. */
function withSigners(certificates: readonly Certificate[]): Certificate[] {
  const authorities = certificates.filter(({ isAuthority }) => isAuthority);
  return certificates.map((one) => {
    if (one.signer !== undefined || one.found === undefined) return one;
    const { issuer, subject } = one.found;
    const signer = authorities.find(({ found }) => isNamed(found, issuer));
    const isRoot = one.isAuthority && isNamed({ subject }, issuer);
    return signer && !isRoot ? { ...one, signer: signer.file } : one;
  });
}

/** Whether a certificate's subject has this common name, which comes last in it. */
export const isNamed = (
  found: Pick<InspectedCertificate, "subject"> | undefined,
  commonName: string,
): boolean => `, ${found?.subject}`.endsWith(`, CN=${commonName}`);

/** Certificates that differ only in their nodes. */
export interface AlikeCertificates extends Certificate {
  /** None if they belong to no node. */
  readonly nodes: readonly string[];
  readonly count: number;
  readonly all: readonly Certificate[];
}

/** Joins the certificates of nodes that have the same purpose and expire and are renewed on the same days. */
export function alike(
  certificates: readonly Certificate[],
): AlikeCertificates[] {
  const groups = groupedBy(certificates, (one) => {
    const { purpose, signer, state, notAfter, renewal, isLeft, node } = one;
    const days = [notAfter, renewal].map((time) => time && day(time));
    return node === undefined
      ? one.file
      : JSON.stringify([purpose, signer, state, isLeft, ...days]);
  });
  return [...groups.values()].map((all) => ({
    ...all[0],
    nodes: all.flatMap(({ node }) => node ?? []),
    count: all.length,
    all,
  }));
}
