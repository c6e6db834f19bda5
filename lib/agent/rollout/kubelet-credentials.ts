import { toYaml } from "../../render/yaml";
import {
  parseCertificates,
  type CertificateFacts,
} from "../../pki/certificates";
import { findTrustPath } from "../../pki/chain";
import type { HostFile } from "../hosts/host";
import { attempt, fields, list, optional, text } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import type { Present } from "./present";
import { readTreeYaml } from "./tree-yaml";

/** The fields of a kubelet's kubeconfig that are read here; the others are kept. */
const KUBECONFIG = fields({
  users: optional(
    list(
      fields({
        user: optional(fields({ "client-certificate-data": optional(text) })),
      }),
    ),
  ),
  clusters: optional(
    list(
      fields({
        name: text,
        cluster: fields({
          "certificate-authority-data": optional(text),
          server: optional(text),
        }),
      }),
    ),
  ),
});

type Kubeconfig = ReturnType<typeof KUBECONFIG>;

/** The kubeconfig of the tree, with the kubelet's own credentials while these are valid. */
export function withOwnCredentials(file: HostFile, present: Present): HostFile {
  const { kubeletKubeconfig: content } = present;
  if (content === undefined) return file;
  const ours = readTreeYaml(file, KUBECONFIG);
  const theirs = readKubeconfig(content);
  if (!theirs || !hasValidCredentials(theirs, trustedBy(ours), present))
    return file;
  // The host's user entry, under the name that the context of the tree refers to.
  const user = { ...ours.users?.[0], user: theirs.users?.[0]?.user };
  const merged = { ...ours, users: [user] };
  return toYaml(merged) === toYaml(theirs)
    ? { ...file, content }
    : { ...file, content: Buffer.from(toYaml(merged)) };
}

/** Parses the kubeconfig of a host; `undefined` if it is not one. */
export const readKubeconfig = (text: Buffer): Kubeconfig | undefined =>
  attempt(() => readYaml(text, KUBECONFIG));

/** Whether a kubelet can keep its credentials: they have not expired and come from this cluster's CA. */
export function hasValidCredentials(
  { users }: Partial<Kubeconfig>,
  authorities: readonly CertificateFacts[],
  { kubeletCertificate, kubeletIssuers, now }: Present,
): boolean {
  const trusted = kubeletIssuers ?? authorities;
  const embedded = users?.[0]?.user?.["client-certificate-data"];
  const certificates = [
    kubeletCertificate,
    embedded === undefined ? undefined : Buffer.from(embedded, "base64"),
  ];
  return certificates.some((pem) => {
    const [own, ...behind] = parseCertificates(pem);
    return (
      own !== undefined &&
      own.notAfter.getTime() > now &&
      !("problem" in findTrustPath(own, behind, { chain: trusted, trusted }))
    );
  });
}

function trustedBy(ours: Kubeconfig): CertificateFacts[] {
  const data = ours.clusters?.[0]?.cluster["certificate-authority-data"];
  return parseCertificates(Buffer.from(data ?? "", "base64"));
}
