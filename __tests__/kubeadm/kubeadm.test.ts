import { loadAll } from "js-yaml";
import { authority, AUTHORITIES } from "../../lib/catalog/authorities";
import { AUTHORITY_KEY_USAGES, keyUsages } from "../../lib/catalog/key-usages";
import { type DifferenceId, DIFFERENCES } from "../../lib/catalog/differences";
import { KUBELET_FILES } from "../../lib/catalog/kubelet";
import { ControlPlane } from "../../lib";
import type { KubernetesObject } from "../../lib/render/kubernetes-object";
import type { CertificateSpec } from "../../lib/render/specs";
import {
  type Json,
  KUBEADM_CASES,
  type KubeadmCertificate,
  withoutEmptyValues,
} from "../support/kubeadm";
import {
  artefactsOf,
  documentsOf,
  type SynthesizedArtefact,
  yamlOf,
} from "../support/synthesized";

const CA = "pki/ca.crt";
const KUBERNETES_DIR = "/etc/kubernetes";

test("every case and version is here", () => {
  expect(new Set(KUBEADM_CASES.map(({ version }) => version)).size).toBe(5);
  expect(KUBEADM_CASES.length).toBeGreaterThan(40);
});

describe.each(KUBEADM_CASES)("kubeadm $version makes of $name", (kubeadm) => {
  const artefacts = artefactsOf((stack) => {
    ControlPlane.fromKubeadmConfig(stack, "cluster", {
      config: kubeadm.config,
    });
  });
  const [root] = [...artefacts.keys()].flatMap(
    (file) => /^nodes\/[^/]+\/root/.exec(file) ?? [],
  );
  /** The artefacts of a folder of the node, by their paths in it. */
  const below = (folder: string): [string, SynthesizedArtefact][] =>
    [...artefacts]
      .filter(([file]) => file.startsWith(`${root}${folder}/`))
      .map(([file, artefact]) => [
        file.slice(`${root}${folder}/`.length),
        artefact,
      ]);

  test("the same static pods", () => {
    const pods = below(`${KUBERNETES_DIR}/manifests`).map(([file, artefact]) => [
      file.replace(".yaml", ""),
      yamlOf(artefact),
    ]);
    expect(byFlag(withoutEmptyValues(Object.fromEntries(pods)))).toEqual(
      byFlag(kubeadm.manifests),
    );
  });

  test("the same certificates, in the same places", () => {
    const isCopy = ({ spec }: SynthesizedArtefact) => spec.startsWith("copy of");
    const { certificatesDir = `${KUBERNETES_DIR}/pki` } = clusterOf(kubeadm);
    const certificates = below(certificatesDir)
      .filter(([file]) => file.endsWith(".crt"))
      .map(([file, artefact]) => {
        const [from] = artefact.from;
        const spec = isCopy(artefact) ? artefacts.get(from)! : artefact;
        const issuer = isCopy(artefact) ? from : artefact.from[0];
        return [file, facts(yamlOf(spec) as CertificateSpec, nameOf(issuer))];
      });
    const theirs = Object.entries(kubeadm.certificates).map(
      ([file, certificate]) => [file, factsOf(certificate)],
    );
    expect(Object.fromEntries(certificates)).toEqual(Object.fromEntries(theirs));
  });

  test("the same kubeconfigs", () => {
    const ours = below(KUBERNETES_DIR)
      .filter(([file]) => file.endsWith(".conf"))
      .map(([file, artefact]) => {
        const { config, clientCertificate } = yamlOf(artefact);
        const resolved = replace(config, (reference) =>
          reference === CA
            ? "<ca.crt>"
            : reference === "key"
              ? "<key>"
              : facts(clientCertificate as CertificateSpec, nameOf(CA)),
        );
        return [file, resolved];
      });
    const theirs = Object.entries(kubeadm.kubeconfigs).map(([file, config]) => {
      const [{ name, user }] = config.users;
      const certificate = factsOf(user["client-certificate-data"]);
      const users = [
        { name, user: { ...user, "client-certificate-data": certificate } },
      ];
      return [file, { ...config, users }] as const;
    });
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
  });

  test("the same files of kubelet", () => {
    const file = (path: string) => artefacts.get(`${root}${path}`);
    const { configuration, instanceConfiguration, flags } = KUBELET_FILES;
    const instance = file(instanceConfiguration);
    expect(withoutEmptyValues(yamlOf(file(configuration)!), true)).toEqual(
      kubeadm.kubelet.config,
    );
    expect(instance && yamlOf(instance)).toEqual(kubeadm.kubelet.instanceConfig);
    expect(flagsOf(file(flags)!.spec)).toEqual(flagsOf(kubeadm.kubelet.flags));
  });

  test("the same objects", () => {
    const objects = [...artefacts]
      .filter(
        ([file]) =>
          file.startsWith("objects/") &&
          !notInDryRun.includes(file.slice("objects/".length)),
      )
      .flatMap(([, artefact]) => documentsOf(artefact));
    expect(byName(objects.map(normalized))).toEqual(
      byName(kubeadm.objects.map(normalized)),
    );
  });

  test("nothing else but the rows of differences.ts", () => {
    const theirs = new Set([
      ...Object.keys(kubeadm.manifests).map((name) => `manifests/${name}.yaml`),
      ...Object.keys(kubeadm.kubeconfigs),
    ]);
    const ours = below(KUBERNETES_DIR)
      .map(([file]) => file)
      .filter((file) => !/\.(crt|key)$/.test(file));
    expect(ours.filter((file) => !theirs.has(file))).toEqual([]);
    const state = below("/var/lib/kubelet").map(([file]) => file);
    expect(
      state.filter((file) => !Object.values(KUBELET_FILES).join().includes(file)),
    ).toEqual(differs("kubelet-server") && ownServing(kubeadm) ? ["pki/kubelet.crt"] : []);
  });
});

/** What a row of `differences.ts` takes out of the comparison; without the row it is compared. */
const differs = (id: DifferenceId): boolean => DIFFERENCES.some((row) => row.id === id);

const clusterOf = ({ config }: { readonly config: string }): Json =>
  (loadAll(config) as Json[]).find(
    ({ kind }) => kind === "ClusterConfiguration",
  ) ?? {};

/** kubelet serves with a certificate of its own where the file does not say otherwise. */
const ownServing = ({ config }: { readonly config: string }): boolean =>
  !/serverTLSBootstrap: true|tlsCertFile|rotate-server-certificates|cert-dir|tls-cert-file/.test(
    config,
  );

/** The common name of an authority, by its file. */
const nameOf = (file: string): string =>
  authority(
    AUTHORITIES.find(({ path }) => file === `pki/${path}.crt`)!.id,
  ).commonName;

const notInDryRun: readonly string[] = [
  ...(differs("node-objects") ? ["nodes.yaml"] : []),
  ...(differs("cluster-admins") ? ["cluster-admins.yaml"] : []),
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
  readonly keyUsages: readonly string[];
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
    keyUsages: comparedUsages(
      spec.usages ? keyUsages(spec.keyAlgorithm, spec.usages) : AUTHORITY_KEY_USAGES,
    ),
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
    keyUsages: comparedUsages(
      extensions.keyUsage.value.map((usage) =>
        usage.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      ),
    ),
    key,
    days: Number(days.toFixed(1)),
  };
}

const comparedUsages = (usages: readonly string[]): string[] =>
  usages
    .filter((usage) => !(differs("key-usage") && usage === "keyEncipherment"))
    .sort();

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
    return [key, withoutEmptyValues(value, config, key === "config.conf")];
  });
  return withoutEmptyValues({
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
