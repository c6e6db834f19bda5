import { toYaml } from "../../render/yaml";
import {
  parseCertificates,
  type CertificateFacts,
} from "../../pki/certificates";
import { findTrustPath } from "../../pki/chain";
import type { HostFile } from "../hosts/host";
import { attempt, fields, list, optional, text } from "../../base/shape";
import { fromYaml, readYaml } from "../../base/yaml";
import type { Present } from "./present";

/** What is read of a kubelet's kubeconfig; whatever else is in it stays. */
export interface Kubeconfig {
  readonly users?: readonly {
    readonly user?: { readonly "client-certificate-data"?: string };
  }[];
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster: {
      readonly "certificate-authority-data"?: string;
      readonly server?: string;
    };
  }[];
}

const KUBECONFIG = fields<Kubeconfig>({
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

/** The kubelet's own credentials stay while they are good; the rest is the tree's. */
export function withOwnCredentials(file: HostFile, present: Present): HostFile {
  const { kubeletKubeconfig: content } = present;
  if (content === undefined) return file;
  const ours = fromYaml(file.content.toString()) as Kubeconfig;
  const theirs = readKubeconfig(content);
  if (!theirs || !isGood(theirs, ours, present)) return file;
  const merged = { ...ours, users: renamed(theirs, ours) };
  return toYaml(merged) === toYaml(theirs)
    ? { ...file, content }
    : { ...file, content: Buffer.from(toYaml(merged)) };
}

/** Under the name that our context calls them by. */
function renamed(theirs: Kubeconfig, ours: Kubeconfig): object[] {
  const [our] = ours.users ?? [];
  const [their] = theirs.users ?? [];
  return [{ ...our, user: their?.user }];
}

/** As a host has it; `undefined` where it is none. */
export const readKubeconfig = (text: Buffer): Kubeconfig | undefined =>
  attempt(() => readYaml(text, KUBECONFIG));

/** Whether a kubelet can go on with what it has: unexpired, and of this cluster's authority. */
function isGood(theirs: Kubeconfig, ours: Kubeconfig, present: Present) {
  return hasGoodCredentials(theirs, trustedBy(ours), present);
}

export function hasGoodCredentials(
  kubeconfig: Kubeconfig,
  trusted: readonly CertificateFacts[],
  { kubeletCertificate, now }: Present,
): boolean {
  const embedded = kubeconfig.users?.[0]?.user?.["client-certificate-data"];
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
