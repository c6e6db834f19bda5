import { placeOnNode } from "../store/node-files";
import type { KubernetesObject } from "../render/kubernetes-object";
import {
  contentOf,
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
  OBJECTS,
  type Subject,
  type SynthesizedFile,
  UNIT,
} from "./places";
import type { Pod } from "./pod";
import { type Source, storesIn, type SynthesizedArtefact } from "./source";
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
    throw errors.unknown("cluster", cluster, `in the stack ${stack}`, names);
  if (cluster === undefined && stores.length > 1)
    throw errors.whichCluster(stack, names);
  const { kubernetesVersion, artefacts, ...store } = stores.find(
    ({ name }) => name === (cluster ?? name),
  )!;
  return new SynthesizedControlPlane(
    store.name,
    kubernetesVersion,
    artefacts.flatMap(filesOf),
  );
}

const filesOf = (artefact: SynthesizedArtefact): KnownFile[] =>
  artefact.files.map(({ path, mode, owner }, at) => {
    const place = placeOnNode(path);
    return {
      kind: artefact.kind,
      file: {
        path,
        ...place,
        mode: mode.toString(8).padStart(4, "0"),
        ...(owner !== undefined && { owner }),
        content: contentOf(artefact, at),
      },
    };
  });

/** The files of a cluster as objects. If several nodes have something, say which one is meant: `prod.on("cp-1")`. */
export class SynthesizedControlPlane {
  /** @internal */
  constructor(
    readonly name: string,
    /** `v1.36.3`. Absent for a store without a cluster. */
    readonly kubernetesVersion: string | undefined,
    private readonly files: readonly KnownFile[],
    private readonly node?: string,
  ) {}

  /** The names of all nodes: of the control plane, of etcd alone, and of the workers. */
  get nodes(): readonly string[] {
    return [...new Set(this.files.flatMap(({ file }) => file.node ?? []))];
  }

  /** One node, of which the same can be asked. */
  on(node: string): SynthesizedControlPlane {
    if (!this.nodes.includes(node))
      throw errors.unknown("node", node, this.where, this.nodes);
    const files = this.files.filter(({ file }) => file.node === node);
    return new SynthesizedControlPlane(
      this.name,
      this.kubernetesVersion,
      files,
      node,
    );
  }

  /** All files of a node, by their paths there. */
  filesOf(node: string): Readonly<Record<string, SynthesizedFile>> {
    return Object.fromEntries(
      this.on(node)
        .all(FILE)
        .map(({ path, value }) => [path, value]),
    );
  }

  /** A file, by its path on the node; or by its path in the store, if it is not of a node. */
  fileOf(path: string): SynthesizedFile {
    return this.one(FILE, path);
  }

  /** The static pod of a component. */
  manifestOf(component: string): Pod {
    return this.one(MANIFEST, component);
  }

  /** The systemd unit of a component. */
  unitOf(component: string): SynthesizedUnit {
    return this.one(UNIT, component);
  }

  /** The flags with which a component runs, whether as a static pod, a unit or a local process. */
  flagsOf(component: string): Flags {
    return this.one(COMPONENT, component);
  }

  /** A certificate, by its name in kubeadm (`apiserver`, `etcd-server`, `ca`), or by its path without `.crt`. */
  certificateOf(name: string): SynthesizedCertificate {
    return this.one(CERTIFICATE, name);
  }

  /** A kubeconfig, by the name of its file without `.conf`: `admin`, `controller-manager`, or the name of a user. */
  kubeconfigOf(name: string): SynthesizedKubeconfig {
    return this.one(KUBECONFIG, name);
  }

  /** The objects that the rollout applies to the cluster. With a name, those of one `addManifests`. */
  objectsOf(manifests?: string): readonly KubernetesObject[] {
    return manifests === undefined
      ? this.all(OBJECTS).flatMap(({ value }) => value)
      : this.one(OBJECTS, manifests);
  }

  /** The places with this name. @internal */
  places<T>(subject: Subject<T>, name: string): Place<T>[] {
    return this.all(subject).filter((place) => place.name === name);
  }

  /** The error that says what there is instead. @internal */
  unknown<T>(subject: Subject<T>, name: string): Error {
    const known = new Set(this.all(subject).map((place) => place.name));
    return errors.unknown(subject.noun, name, this.where, [...known]);
  }

  /** Where it is, in a message: `on cp-1`, `in the cluster prod`. @internal */
  get where(): string {
    return this.node === undefined
      ? `in the cluster ${this.name}`
      : `on ${this.node}`;
  }

  private one<T>(subject: Subject<T>, name: string): T {
    const found = this.places(subject, name);
    if (found.length === 0) throw this.unknown(subject, name);
    const own = found.find((place) => place.node === undefined);
    if (!own && found.length > 1)
      throw errors.whichNode(
        subject.noun,
        name,
        found.map((place) => place.node ?? ""),
      );
    return (own ?? found[0]).value;
  }

  private all<T>(
    subject: Subject<T>,
  ): (Place<T> & { readonly name: string })[] {
    return this.files.flatMap(({ file, kind }) => {
      const found = subject.read(file, kind);
      return found ? [{ node: file.node, path: file.path, ...found }] : [];
    });
  }
}
