import { basename } from "node:path";
import { AUTHORITIES } from "../catalog/authorities";
import { CERTIFICATES } from "../catalog/certificates";
import { KUBELET_FILES } from "../catalog/kubelet";
import { isManifest } from "../catalog/paths";
import { unitOfFile } from "../catalog/units";
import type { KubernetesObject } from "../render/kubernetes-object";
import type { ArtefactKind } from "../request/artefact";
import {
  isKubeconfig,
  type SynthesizedCertificate,
  type SynthesizedKubeconfig,
} from "./content";
import type { Pod } from "./pod";
import {
  type Flags,
  flagsIn,
  type SynthesizedUnit,
  wordsOfFlagsFile,
  wordsOfUnit,
} from "./unit";

/** A file of the store. */
export interface SynthesizedFile {
  /** Its path on the node; if it is not of a node, its path in the store. */
  readonly path: string;
  /** Absent if it is not of a node. */
  readonly node?: string;
  /** Octal: `0600`. */
  readonly mode: string;
  /** `user:group`. Absent: root. */
  readonly owner?: string;
  /**
   * What synthesis knows of it: YAML as an object, or as a list of several; a unit as its settings; a certificate or its
   * key as a {@link SynthesizedCertificate}; a copy as `{ copyOf }`; a file of yours as its path; any other text as it is.
   */
  readonly content: unknown;
}

/** A file, and the kind of its artefact. */
export interface KnownFile {
  readonly file: SynthesizedFile;
  readonly kind: ArtefactKind;
}

/** What one can ask for by its name. */
export interface Subject<T> {
  readonly noun: string;
  /** Its name and value, if the file is of this kind. */
  readonly read: (
    file: SynthesizedFile,
    kind: ArtefactKind,
  ) => { readonly name: string; readonly value: T } | undefined;
}

export const FILE: Subject<SynthesizedFile> = {
  noun: "file",
  read: (file) => ({ name: file.path, value: file }),
};

export const CERTIFICATE: Subject<SynthesizedCertificate> = {
  noun: "certificate",
  read: ({ path, content }, kind) =>
    (kind === "certificate" || kind === "authority") && path.endsWith(".crt")
      ? {
          name: certificateName(path),
          value: content as SynthesizedCertificate,
        }
      : undefined,
};

export const KUBECONFIG: Subject<SynthesizedKubeconfig> = {
  noun: "kubeconfig",
  read: ({ path, content }, kind) =>
    (kind === "kubeconfig" || kind === "service-account-token") &&
    isKubeconfig(path)
      ? {
          name: basename(path, ".conf"),
          value: content as SynthesizedKubeconfig,
        }
      : undefined,
};

export const MANIFEST: Subject<Pod> = {
  noun: "manifest",
  read: ({ node, path, content }) =>
    node !== undefined && isManifest(path)
      ? { name: basename(path, ".yaml"), value: content as Pod }
      : undefined,
};

export const UNIT: Subject<SynthesizedUnit> = {
  noun: "unit",
  read: ({ path, content }) => {
    const unit = unitOfFile(path);
    return unit === undefined
      ? undefined
      : {
          name: basename(unit, ".service"),
          value: content as SynthesizedUnit,
        };
  },
};

/** A file with objects that the rollout applies. */
export const OBJECTS: Subject<readonly KubernetesObject[]> = {
  noun: "group of objects",
  read: ({ path, content }) =>
    path.startsWith("objects/")
      ? {
          name: basename(path, ".yaml"),
          value: [content as KubernetesObject | KubernetesObject[]].flat(),
        }
      : undefined,
};

/** A component with its flags: a static pod, a unit, a local process, or kubelet as its package starts it. */
export const COMPONENT: Subject<Flags> = {
  noun: "component",
  read: (file, kind) => {
    const found = commandOf(file, kind);
    return found && { name: found.name, value: flagsIn(found.words) };
  },
};

function commandOf(
  file: SynthesizedFile,
  kind: ArtefactKind,
): { readonly name: string; readonly words: readonly string[] } | undefined {
  const { node, path, content } = file;
  if (node === undefined) return undefined;
  const manifest = MANIFEST.read(file, kind);
  if (manifest) {
    const [container] = manifest.value.spec.containers;
    const { command = [], args = [] } = container;
    return { name: manifest.name, words: [...command, ...args] };
  }
  const unit = UNIT.read(file, kind);
  if (unit) {
    const [command = ""] = unit.value.Service?.ExecStart ?? [];
    return { name: unit.name, words: wordsOfUnit(command) };
  }
  if (path === KUBELET_FILES.flags)
    return { name: "kubelet", words: wordsOfFlagsFile(String(content)) };
  return /\/processes\/[^/]+\.yaml$/.test(path)
    ? {
        name: basename(path, ".yaml"),
        words: (content as { readonly command: readonly string[] }).command,
      }
    : undefined;
}

/** The name of a certificate in kubeadm; of any other, its path without `.crt`. */
function certificateName(path: string): string {
  const stem = path.replace(/\.crt$/, "");
  const row = path.startsWith("/")
    ? CERTIFICATES.find((each) => isAt(stem, each.path))
    : AUTHORITIES.find((each) => stem === `pki/${each.path}`);
  return row?.id ?? stem;
}

const isAt = (stem: string, path: string): boolean =>
  path.startsWith("/") ? stem === path : stem.endsWith(`/${path}`);
