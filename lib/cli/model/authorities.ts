import type { ArtefactRow } from "../../request/manifest";
import { alike, type Certificate, isNamed } from "./certificates";
import { artefactsOf, type StoreFacts } from "./facts";
import { NOT_MADE, type Validity } from "./validity";

/** What signs others: a CA, or the key pair of the service accounts. */
export interface Authority extends Validity {
  readonly purpose: string;
  /** Its first file, relative to the store. Absent for CAs that are not in the store. */
  readonly file?: string;
  readonly kind: "authority" | "key-pair" | "elsewhere";
  /** Whether its key is in the store. */
  readonly hasKey: boolean;
  /** Who signed it. Absent if it did so itself, or was not made yet. */
  readonly issuer?: string;
  readonly signs: readonly Signed[];
}

/** What it signed, joined for the nodes for which it is alike. */
export interface Signed extends Validity {
  readonly purpose: string;
  readonly file: string;
  /** None if it belongs to no node. */
  readonly nodes: readonly string[];
  readonly count: number;
}

/** The authorities of a store in the order of the program, and at the end those that are elsewhere, if there are any. */
export function authoritiesOf(
  facts: StoreFacts,
  certificates: readonly Certificate[],
): Authority[] {
  const strangers = certificates.filter(
    ({ signer, isAuthority }) => signer === undefined && !isAuthority,
  );
  return [
    ...certificates
      .filter(({ isAuthority }) => isAuthority)
      .map((one): Authority => {
        const { found } = one;
        const isRoot = !found || isNamed(found, found.issuer);
        return {
          ...one,
          kind: "authority",
          ...(!isRoot && { issuer: found.issuer }),
          signs: alike(
            certificates.filter(({ signer }) => signer === one.file),
          ),
        };
      }),
    ...artefactsOf(facts)
      .filter(({ of }) => of === "key-pair")
      .map((row) => keyPair(row, facts)),
    ...(strangers.length > 0
      ? [
          {
            purpose: "authorities that are not in this store",
            kind: "elsewhere",
            hasKey: false,
            state: "fine",
            signs: alike(strangers),
          } as const,
        ]
      : []),
  ];
}

/** The tokens of a key pair are those of the store. What runs in the cluster has others. */
function keyPair(
  { files: [file], purpose = file }: ArtefactRow,
  facts: StoreFacts,
): Authority {
  const isMade = facts.files.includes(file);
  return {
    purpose,
    file,
    kind: "key-pair",
    hasKey: isMade,
    state: isMade ? "fine" : "none",
    signs: tokensOf(facts).map((token) => ({ ...token, nodes: [], count: 1 })),
  };
}

/** The tokens of service accounts that the program describes. */
export const tokensOf = (facts: StoreFacts) =>
  artefactsOf(facts)
    .filter(({ of }) => of === "service-account-token")
    .map(({ files: [file], purpose = file }) => ({
      ...NOT_MADE,
      ...facts.inspected?.tokens.find(({ files }) => files.includes(file)),
      purpose,
      file,
    }));
