import { toYaml } from "../../render/yaml";
import { parseCertificates, type CertificateFacts } from "../certificates";
import { findWay } from "../chain";
import type { HostFile } from "../hosts/host";
import { fromYaml } from "../yaml";
import type { Present } from "./present";

interface Kubeconfig {
  readonly users?: readonly {
    readonly user?: Readonly<Record<string, string>>;
  }[];
}

/** The kubelet's own credentials stay while they are good; the rest is the tree's. */
export function withOwnCredentials(file: HostFile, present: Present): HostFile {
  const { kubeletKubeconfig: text } = present;
  if (text === undefined) return file;
  const ours = fromYaml(file.content.toString()) as Kubeconfig;
  const theirs = readKubeconfig(text);
  if (!theirs || !isGood(theirs, ours, present)) return file;
  const merged = { ...ours, users: renamed(theirs, ours) };
  return toYaml(merged) === toYaml(theirs)
    ? { ...file, content: text }
    : { ...file, content: Buffer.from(toYaml(merged)) };
}

/** Under the name that our context calls them by. */
function renamed(theirs: Kubeconfig, ours: Kubeconfig): object[] {
  const [our] = ours.users ?? [];
  const [their] = theirs.users ?? [];
  return [{ ...our, user: their?.user }];
}

export function readKubeconfig(text: Buffer): Kubeconfig | undefined {
  try {
    return fromYaml(text.toString()) as Kubeconfig;
  } catch {
    return undefined;
  }
}

/** Whether a kubelet can go on with what it has: unexpired, and of this cluster's authority. */
function isGood(theirs: Kubeconfig, ours: Kubeconfig, present: Present) {
  return hasGoodCredentials(theirs, trustedBy(ours), present);
}

export function hasGoodCredentials(
  kubeconfig: Kubeconfig,
  trusted: readonly CertificateFacts[],
  { kubeletCertificate }: Present,
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
      own.notAfter.getTime() > Date.now() &&
      !("problem" in findWay(own, behind, { chain: trusted, trusted }))
    );
  });
}

function trustedBy(ours: Kubeconfig): CertificateFacts[] {
  const { clusters } = ours as {
    clusters?: readonly {
      readonly cluster?: Readonly<Record<string, string>>;
    }[];
  };
  const data = clusters?.[0]?.cluster?.["certificate-authority-data"];
  return parseCertificates(Buffer.from(data ?? "", "base64"));
}
