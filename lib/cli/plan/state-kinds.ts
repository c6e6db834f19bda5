import { readFileLines } from "../../store/artefacts";
import { KIND_TRIGGER, type ResourceKind } from "../../request/manifest";

/** A resource as the state describes it. */
export interface Applied {
  readonly address: string;
  readonly id: string;
  /** `undefined` if it has none. */
  readonly triggers?: Triggers;
  /** The addresses of the resources on which it depends. */
  readonly dependencies: readonly string[];
  /** Whether its provisioner failed. */
  readonly tainted: boolean;
}

export type Triggers = Readonly<Record<string, string>>;

/**
 * Which resources of a state are this library's, and of which kind each one is. A state has only the triggers and the
 * dependencies of a resource, and a user's resource may have any triggers, so a resource counts as this library's only
 * with a proof. If a proof is missing, a deploy asks before it destroys the resource. A wrong proof would be worse: the
 * deploy would destroy a resource of the user without asking.
 *
 * A kind is proven by the triggers and by resources that were proven before. Terraform destroys a resource before those
 * on which it depends, so the proofs still hold in a state that an interrupted apply left behind.
 */
export function kindsOf(
  resources: readonly Applied[],
): ReadonlyMap<string, ResourceKind> {
  const proven: Proven = {
    kinds: new Map(),
    artefacts: new Map(),
    batches: new Map(),
    empty: new Set(
      resources.flatMap(({ id, triggers }) =>
        triggers && Object.keys(triggers).length === 0 ? [id] : [],
      ),
    ),
    started: new Set(),
    needed: new Set(),
  };
  for (const [kind, isOne] of PROOFS)
    for (const resource of resources)
      if (!proven.kinds.has(resource.address) && isOne(resource, proven))
        learn(kind, resource, proven);
  return proven.kinds;
}

interface Proven {
  readonly kinds: Map<string, ResourceKind>;
  /** The files of each artefact, by its id, because two stores may have files of the same path. */
  readonly artefacts: Map<string, readonly string[]>;
  readonly batches: Map<string, Applied>;
  /** The ids of all resources whose triggers are an empty map: batches of nothing, or resources of the user. */
  readonly empty: ReadonlySet<string>;
  /** The ids of the batches that come before rollouts. */
  readonly started: Set<string>;
  /** The addresses on which batches, rollouts and teardowns depend. */
  readonly needed: Set<string>;
}

function learn(kind: ResourceKind, resource: Applied, proven: Proven): void {
  const { address, id, triggers, dependencies } = resource;
  proven.kinds.set(address, kind);
  if (kind === "artefact")
    proven.artefacts.set(
      id,
      readFileLines(triggers?.files ?? "").map(({ path }) => path),
    );
  if (kind === "batch") proven.batches.set(id, resource);
  if (kind === "rollout")
    for (const each of batchIds(resource)) proven.started.add(each);
  if (["batch", "rollout", "teardown"].includes(kind))
    for (const each of dependencies) proven.needed.add(each);
}

const batchIds = ({ triggers = {} }: Applied): string[] =>
  Object.entries(triggers).flatMap(([name, id]) =>
    name.startsWith("batch ") ? [id] : [],
  );

type Proof = (resource: Applied, proven: Proven) => boolean;

/** The proofs in their order: each one may use the results of those before it. */
const PROOFS: readonly (readonly [ResourceKind, Proof])[] = [
  [
    "artefact",
    ({ triggers: { files = "", spec, intact } = {} }) =>
      spec !== undefined && intact !== undefined && FILE_LINES.test(files),
  ],
  [
    "batch",
    ({ triggers = {} }, { artefacts }) => {
      const made = Object.entries(triggers).filter(
        ([name]) => !name.startsWith("after "),
      );
      return someAndAll(
        made,
        ([file, id]) => artefacts.get(id)?.includes(file) ?? false,
      );
    },
  ],
  [
    "rollout",
    (resource, { batches, empty }) =>
      ["nodes", "endpoint", "kubernetes_version"].every(
        (name) => name in (resource.triggers ?? {}),
      ) &&
      batchIds(resource).some((id) => batches.has(id)) &&
      batchIds(resource).every((id) => batches.has(id) || empty.has(id)),
  ],
  // The cluster objects of a local control plane, of which there are none.
  ["batch", ({ id }, { empty, started }) => empty.has(id) && started.has(id)],
  [
    "signatures",
    ({ triggers = {} }, { batches }) =>
      someAndAll(Object.entries(triggers), ([, id]) => batches.has(id)),
  ],
  [
    "anchor",
    ({ address, triggers = {} }, { artefacts }) =>
      hasId(address, "[a-z-]+-anchor") &&
      /^file,sha256(,spec)?$/.test(Object.keys(triggers).sort().join()) &&
      [...artefacts.values()].some((files) => files.includes(triggers.file)),
  ],
  [
    "guard",
    ({ address, triggers }, { kinds }) =>
      isOfKind("guard", triggers) ||
      (isBare(triggers) &&
        [...kinds].some(
          ([other, kind]) =>
            kind === "batch" &&
            hasId(other, "batch") &&
            hasId(address, "guard") &&
            parentOf(other) === parentOf(address),
        )),
  ],
  [
    "teardown",
    ({ address, triggers }, { needed }) =>
      isOfKind("teardown", triggers) ||
      (isBare(triggers) && hasId(address, "teardown") && needed.has(address)),
  ],
  [
    "access",
    ({ address, triggers = {} }, { needed }) =>
      hasId(address, "access") &&
      Object.keys(triggers).join() === "access" &&
      needed.has(address),
  ],
];

/** One or more lines of the form `path mode [owner]`. */
const FILE_LINES = /^\S+ 0[0-7]{3}( \S+)?(\n\S+ 0[0-7]{3}( \S+)?)*$/;

const isOfKind = (kind: ResourceKind, triggers: Triggers = {}): boolean =>
  triggers[KIND_TRIGGER] === kind && Object.keys(triggers).length === 1;

/** Whether it has no triggers: earlier versions of the library did not write the kind into the state. */
const isBare = (triggers: Triggers | undefined): boolean =>
  triggers === undefined;

/** Whether the construct has this id: CDKTF joins the ids of a construct's path, and a hash of them, to the name. */
const hasId = (address: string, id: string): boolean =>
  new RegExp(`_${id}_[0-9A-F]{8}$`).test(address);

const parentOf = (address: string): string =>
  address.replace(/_[^_]+_[0-9A-F]{8}$/, "");

/** Whether there is at least one item, and the condition is true of all items. */
const someAndAll = <T>(
  items: readonly T[],
  isTrue: (item: T) => boolean,
): boolean => items.length > 0 && items.every(isTrue);
