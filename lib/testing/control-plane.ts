import type { KubernetesObject } from "../render/kubernetes-object";
import {
  contentOf,
  NODE_ROOT,
  type SynthesizedCertificate,
  type SynthesizedKubeconfig,
} from "./content";
import * as errors from "./errors";
import {
  CERTIFICATE,
  COMPONENT,
  FILE,
  type KnownFile,
  KUBECONFIG,
  MANIFEST,
  type Subject,
  type SynthesizedFile,
  UNIT,
} from "./places";
import type { Pod } from "./pod";
import { type Source, storesIn, type SynthesizedStore } from "./source";
import type { Flags, SynthesizedUnit } from "./unit";

/** Something that was found, and where. */
export interface Place<T> {
  /** Absent if it is not of a node. */
  readonly node?: string;
  readonly path: string;
  readonly value: T;
}

/**
 * Reads what synthesis says about a control plane, or about any other store.
 * @param source A stack, or the folder of a synthesized one.
 * @param cluster The name of the cluster. It is needed if the stack has several.
 */
export function controlPlaneIn(
  source: Source,
  cluster?: string,
): SynthesizedControlPlane {
  const stores = storesIn(source);
  const names = stores.map(({ name }) => name);
  const stack = typeof source === "string" ? source : source.node.id;
  if (cluster !== undefined && !names.includes(cluster))
    throw errors.unknown(`the stack ${stack}`, "cluster", cluster, names);
  if (cluster === undefined && stores.length > 1)
    throw errors.whichCluster(stack, names);
  return new SynthesizedControlPlane(
    stores.find(({ name }) => name === (cluster ?? name))!,
  );
}

/**
 * The files of a cluster as objects. Where a method takes a node, it can be left out if only one node has the thing, or
 * if it is not of a node: then the store's own is meant.
 */
export class SynthesizedControlPlane {
  readonly name: string;
  /** `v1.36.3`. Absent for a store without a cluster. */
  readonly kubernetesVersion?: string;
  /** The names of all nodes: of the control plane, of etcd alone, and of the workers. */
  readonly nodes: readonly string[];
  private readonly files: readonly KnownFile[];

  /** @internal */
  constructor({ name, kubernetesVersion, artefacts }: SynthesizedStore) {
    this.name = name;
    this.kubernetesVersion = kubernetesVersion;
    this.files = artefacts.flatMap((artefact) =>
      artefact.files.map(({ path, mode, owner }, at): KnownFile => {
        const [root, node] = NODE_ROOT.exec(path) ?? [];
        return {
          kind: artefact.kind,
          path: root === undefined ? path : path.slice(root.length - 1),
          ...(node !== undefined && { node }),
          mode: mode.toString(8).padStart(4, "0"),
          ...(owner !== undefined && { owner }),
          content: contentOf(artefact, at),
        };
      }),
    );
    this.nodes = [
      ...new Set(this.files.flatMap(({ node }) => (node ? [node] : []))),
    ];
  }

  /** All files of a node, by their paths there; without a node, those that are not of a node, by their paths in the store. */
  filesOf(node?: string): Readonly<Record<string, SynthesizedFile>> {
    this.requireNode(node);
    return Object.fromEntries(
      this.all(FILE)
        .filter((place) => place.node === node)
        .map(({ path, value }) => [path, value]),
    );
  }

  /** A file, by its path on the node or in the store. */
  fileOf(path: string, node?: string): SynthesizedFile {
    return this.one(FILE, path, node);
  }

  /** The static pod of a component. */
  manifestOf(component: string, node?: string): Pod {
    return this.one(MANIFEST, component, node);
  }

  /** The systemd unit of a component. */
  unitOf(component: string, node?: string): SynthesizedUnit {
    return this.one(UNIT, component, node);
  }

  /** The flags with which a component runs, whether as a static pod, a unit or a local process. */
  flagsOf(component: string, node?: string): Flags {
    return this.one(COMPONENT, component, node);
  }

  /** A certificate, by its name in kubeadm (`apiserver`, `etcd-server`, `ca`), or by its path without `.crt`. */
  certificateOf(name: string, node?: string): SynthesizedCertificate {
    return this.one(CERTIFICATE, name, node);
  }

  /** A kubeconfig, by the name of its file without `.conf`: `admin`, `controller-manager`, or the name of a user. */
  kubeconfigOf(name: string, node?: string): SynthesizedKubeconfig {
    return this.one(KUBECONFIG, name, node);
  }

  /** The objects that the rollout applies to the cluster, in that order. With a name, those of one `addManifests`. */
  objectsOf(manifests?: string): readonly KubernetesObject[] {
    const folder = "objects/";
    const files = this.files.filter(({ path }) => path.startsWith(folder));
    const names = files.map(({ path }) =>
      path.slice(folder.length, -".yaml".length),
    );
    if (manifests !== undefined && !names.includes(manifests))
      throw errors.unknown(this.title, "manifests", manifests, names);
    return files
      .filter((_, at) => manifests === undefined || names[at] === manifests)
      .flatMap(({ content }) => content as KubernetesObject[]);
  }

  /** The places with this name, perhaps on one node only. @internal */
  places<T>(subject: Subject<T>, name: string, node?: string): Place<T>[] {
    return this.on(node, subject).filter((place) => place.name === name);
  }

  /** The error that says what there is instead. @internal */
  unknown<T>(subject: Subject<T>, name: string, node?: string): Error {
    const known = this.on(node, subject).map((place) => place.name);
    const owner = node ?? this.title;
    return errors.unknown(owner, subject.noun, name, [...new Set(known)]);
  }

  private one<T>(subject: Subject<T>, name: string, node?: string): T {
    const found = this.places(subject, name, node);
    if (found.length === 0) throw this.unknown(subject, name, node);
    const own = found.find((place) => place.node === undefined);
    if (!own && found.length > 1)
      throw errors.whichNode(
        subject.noun,
        name,
        found.map((place) => place.node ?? ""),
      );
    return (own ?? found[0]).value;
  }

  private on<T>(node: string | undefined, subject: Subject<T>) {
    this.requireNode(node);
    return this.all(subject).filter(
      (place) => node === undefined || place.node === node,
    );
  }

  private all<T>(
    subject: Subject<T>,
  ): (Place<T> & { readonly name: string })[] {
    return this.files.flatMap((file) => {
      const found = subject.read(file);
      return found ? [{ node: file.node, path: file.path, ...found }] : [];
    });
  }

  private requireNode(node: string | undefined): void {
    if (node !== undefined && !this.nodes.includes(node))
      throw errors.unknown(this.title, "node", node, this.nodes);
  }

  /** Its name in a message. @internal */
  get title(): string {
    return `the cluster ${this.name}`;
  }
}
