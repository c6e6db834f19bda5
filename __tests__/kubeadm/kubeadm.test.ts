import { AUTHORITIES, authority } from "../../lib/catalog/authorities";
import { type CertificateRow, CERTIFICATES, isNeeded } from "../../lib/catalog/certificates";
import { type DifferenceId, DIFFERENCES } from "../../lib/catalog/differences";
import { KUBECONFIGS } from "../../lib/catalog/kubeconfigs";
import { KUBELET_FILES } from "../../lib/catalog/kubelet";
import { authoritySpec, certificateSpec } from "../../lib/render/certificate";
import { kubeconfigSpec } from "../../lib/render/kubeconfig";
import { kubeletFiles } from "../../lib/render/kubelet";
import type { KubernetesObject } from "../../lib/render/kubernetes-object";
import { objectGroups } from "../../lib/render/objects";
import type { CertificateSpec } from "../../lib/render/specs";
import { staticPod, staticPods } from "../../lib/render/static-pod";
import { type Json, KUBEADM_CASES, type KubeadmCertificate, said } from "../support/kubeadm";
import { siteOf } from "../support/site";

const CA = "pki/ca.crt";

test("every case and version is here", () => {
  expect(new Set(KUBEADM_CASES.map(({ version }) => version)).size).toBe(5);
  expect(KUBEADM_CASES.length).toBeGreaterThan(40);
});

describe.each(KUBEADM_CASES)("kubeadm $version makes of $name", (kubeadm) => {
  const site = siteOf(kubeadm.config);
  const [node] = site.nodes;

  test("the same static pods", () => {
    const pods = staticPods(site).map((row) => [row.id, staticPod(row, site, node)] as const);
    expect(byFlag(said(Object.fromEntries(pods)))).toEqual(byFlag(kubeadm.manifests));
  });

  test("the same certificates", () => {
    const authorities = AUTHORITIES.filter(
      ({ id }) => id !== "etcd-ca" || site.etcd.kind === "local",
    ).map((row) => [row.path, facts(authoritySpec(row, site), row.commonName)] as const);
    const leaves = CERTIFICATES.filter((row) => isNeeded(row, site) && !isOurs(row)).map(
      (row) =>
        [
          row.path,
          facts(certificateSpec(row, site, node), authority(row.authority).commonName),
        ] as const,
    );
    const theirs = Object.entries(kubeadm.certificates).map(
      ([file, certificate]) => [file.replace(".crt", ""), factsOf(certificate)] as const,
    );
    expect(Object.fromEntries([...authorities, ...leaves])).toEqual(Object.fromEntries(theirs));
  });

  test("the same kubeconfigs", () => {
    const ours = KUBECONFIGS.map((row) => {
      const { config, clientCertificate } = kubeconfigSpec(row, site, node, CA);
      const resolved = replace(config, (reference) =>
        reference === CA
          ? "<ca.crt>"
          : reference === "key"
            ? "<key>"
            : facts(clientCertificate!, "kubernetes"),
      );
      return [row.path.replace("/etc/kubernetes/", ""), resolved] as const;
    });
    const theirs = Object.entries(kubeadm.kubeconfigs).map(([file, config]) => {
      const [{ name, user }] = config.users;
      const certificate = factsOf(user["client-certificate-data"]);
      const users = [{ name, user: { ...user, "client-certificate-data": certificate } }];
      return [file, { ...config, users }] as const;
    });
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });

  test("the same files of kubelet", () => {
    const files = Object.fromEntries(
      kubeletFiles(site, node).map(({ path, content }) => [path, content]),
    );
    expect(said(files[KUBELET_FILES.configuration], true)).toEqual(kubeadm.kubelet.config);
    expect(files[KUBELET_FILES.instanceConfiguration]).toEqual(kubeadm.kubelet.instanceConfig);
    expect(flagsOf(String(files[KUBELET_FILES.flags]))).toEqual(flagsOf(kubeadm.kubelet.flags));
  });

  test("the same objects", () => {
    const objects = objectGroups(site, CA)
      .filter(({ id }) => !notInDryRun.includes(id))
      .flatMap(({ objects }) => objects);
    expect(byName(objects.map(normalized))).toEqual(byName(kubeadm.objects.map(normalized)));
  });
});

/** What a row of `differences.ts` takes out of the comparison; without the row it is compared. */
const differs = (id: DifferenceId): boolean => DIFFERENCES.some((row) => row.id === id);

const isOurs = (row: CertificateRow): boolean => differs("kubelet-server") && row.id === "kubelet-server";

const notInDryRun: readonly string[] = [
  ...(differs("node-objects") ? ["nodes"] : []),
  ...(differs("cluster-admins") ? ["cluster-admins"] : []),
];

// ------------------------------------------------------------------ what is compared

/** The order of a command's flags means nothing, but for those of one name. */
function byFlag(pods: unknown): unknown {
  return Object.fromEntries(
    Object.entries(pods as Record<string, Json>).map(([name, pod]) => {
      const [container] = pod.spec.containers;
      const [binary, ...flags] = container.command as string[];
      const sorted = { ...container, command: [binary, ...sortFlags(flags)] };
      return [name, { ...pod, spec: { ...pod.spec, containers: [sorted] } }];
    }),
  );
}

const sortFlags = (flags: readonly string[]): string[] => {
  const name = (flag: string): string => flag.split("=")[0];
  return [...flags].sort((a, b) => name(a).localeCompare(name(b)));
};

function flagsOf(file: string): string[] {
  const [variable, value] = file.trim().split(/=(.*)/);
  return [variable, ...sortFlags((JSON.parse(value) as string).split(" "))];
}

interface Facts {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly usages: readonly string[];
  readonly key: string;
  readonly days: number;
}

function facts(spec: CertificateSpec, issuer: string): Facts {
  const { commonName, organizations = [] } = spec.subject;
  const [, hours, minutes, seconds] = /^(\d+)h(\d+)m(\d+)s$/.exec(spec.validity)!.map(Number);
  return {
    subject: [commonName, ...organizations].join("/"),
    issuer,
    names: [...new Set((spec.names ?? []).map(canonical))].sort(),
    usages: spec.usages ?? [],
    key: spec.keyAlgorithm,
    days: Number(((hours + minutes / 60 + seconds / 3600) / 24).toFixed(1)),
  };
}

function factsOf(certificate: KubeadmCertificate): Facts {
  const { subject, issuer, extensions, key, days } = certificate;
  const { dns = [], ip = [] } = extensions.subjectAltName ?? {};
  return {
    subject: [...subject.commonName, ...(subject.organizationName ?? [])].join("/"),
    issuer: issuer.commonName[0],
    names: [...dns, ...ip].sort(),
    usages: extensions.extendedKeyUsage?.value ?? [],
    key,
    days: Number(days.toFixed(1)),
  };
}

/** An address has many spellings. */
function canonical(name: string): string {
  return name.includes(":") ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
}

type Resolve = (path: string) => unknown;

/** The value with its references to files resolved, and YAML left as what it says. */
function replace(value: unknown, resolve: Resolve): unknown {
  if (Array.isArray(value)) return value.map((each) => replace(each, resolve));
  if (typeof value !== "object" || value === null) return value;
  if ("$base64" in value) return resolve(String(value.$base64));
  if ("$yaml" in value) return replace(value.$yaml, resolve);
  if ("$checksum" in value && differs("checksum")) return "sha256:<hash>";
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, replace(v, resolve)]));
}

/** An object as both sides would have it in the API, without the rows of `differences.ts`. */
function normalized(object: KubernetesObject | Json): Json {
  const resolved = replace(object, () => "<ca.crt>") as Json;
  const { kind, metadata, data = {}, stringData, ...rest } = resolved;
  const values = Object.entries(data).map(([key, value]) => {
    const config = key === "kubelet" || key === "config.conf";
    return [key, said(value, config, key === "config.conf")];
  });
  return said({
    ...rest,
    kind,
    metadata: kind === "Secret" || kind === "Service" ? stripped(kind, metadata) : metadata,
    data: kind === "Secret" ? secret(stringData, data) : Object.fromEntries(values),
    ...(rest.subjects ? { subjects: rest.subjects.map(withoutApiGroup) } : {}),
  }) as Json;
}

function stripped(kind: string, metadata: Json): Json {
  const { resourceVersion, ...rest } = metadata;
  if (kind === "Secret" && differs("bootstrap-token-secret")) return { namespace: rest.namespace };
  return differs("service-resource-version") ? rest : { ...rest, resourceVersion };
}

function secret(stringData: Json | undefined, data: Json): Json {
  const decoded = Object.entries(data)
    .filter(([key]) => !["token-id", "token-secret", "expiration"].includes(key))
    .map(([key, value]) => [key, Buffer.from(String(value), "base64").toString()]);
  return stringData ?? Object.fromEntries(decoded);
}

function withoutApiGroup(subject: Json): Json {
  return differs("rbac-api-group") ? { ...subject, apiGroup: undefined } : subject;
}

function byName(objects: readonly Json[]): Record<string, Json[]> {
  const groups: Record<string, Json[]> = {};
  for (const object of objects) {
    const { namespace = "", name = "" } = object.metadata;
    (groups[`${object.kind} ${namespace}/${name}`] ??= []).push(object);
  }
  return groups;
}
