import type { AuthorityRow } from "../catalog/authorities";
import type { CertificateRow, Subject } from "../catalog/certificates";
import type { Site, SiteNode } from "../catalog/site";
import { goDuration } from "./duration";
import type { CertificateSpec, KeyPairSpec } from "./specs";

/** What a leaf certificate is to be. */
export function certificateSpec(
  row: CertificateRow,
  site: Site,
  node: SiteNode,
): CertificateSpec {
  const names = row.names?.(site, node);
  return {
    subject: subject(row.subject(site, node)),
    ...(names ? { names: [...new Set(names)] } : {}),
    usages: row.usages,
    keyAlgorithm: site.keyAlgorithm,
    validity: goDuration(site.certificateValidity),
  };
}

/** The certificate in a kubeconfig. */
export function clientCertificateSpec(
  site: Site,
  identity: Subject,
): CertificateSpec {
  return {
    subject: subject(identity),
    usages: ["clientAuth"],
    keyAlgorithm: site.keyAlgorithm,
    validity: goDuration(site.certificateValidity),
  };
}

/** As Go's library does it, an authority bears its name as a DNS name too. */
export function authoritySpec(row: AuthorityRow, site: Site): CertificateSpec {
  return {
    subject: { commonName: row.commonName },
    names: [row.commonName],
    keyAlgorithm: site.keyAlgorithm,
    validity: goDuration(site.caCertificateValidity),
  };
}

export function keyPairSpec(site: Site): KeyPairSpec {
  return { keyAlgorithm: site.keyAlgorithm };
}

function subject({ commonName, organizations }: Subject): Subject {
  return organizations && organizations.length > 0
    ? { commonName, organizations }
    : { commonName };
}
