import { readFileLines } from "../../store/artefacts";
import { KIND_TRIGGER, type ResourceKind } from "../../request/manifest";

/** What a state says of a resource. */
export interface Applied {
  readonly address: string;
  readonly id: string;
  /** `undefined`: it has none. */
  readonly triggers?: Triggers;
  /** The addresses of what it depends on. */
  readonly dependencies: readonly string[];
  /** It ran, and failed. */
  readonly tainted: boolean;
}

export type Triggers = Readonly<Record<string, string>>;

/**
 * Which resources of a state are this library's, and what each is. A state says of a resource only its triggers and what
 * it depends on, and a user's resource may have any triggers: so nothing is this library's without a proof. Where a
 * proof is missing, a deploy asks before it destroys the resource; a wrong proof would destroy a user's without a question.
 *
 * Each kind is proven by its triggers and by those that were proven before it. Terraform destroys what depends on
 * something before that, so that these proofs are still there in a state that an apply left half done.
 */
export function kindsOf(
  resources: readonly Applied[],
): ReadonlyMap<string, ResourceKind> {
  const proven: Proven = {
    kinds: new Map(),
    artefacts: new Map(),
    batches: new Map(),
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
  /** The files of each artefact, by its id: two stores have the same paths. */
  readonly artefacts: Map<string, readonly string[]>;
  readonly batches: Map<string, Applied>;
  /** What batches, rollouts and teardowns depend on. */
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
  if (["batch", "rollout", "teardown"].includes(kind))
    for (const each of dependencies) proven.needed.add(each);
}

type Proof = (resource: Applied, proven: Proven) => boolean;

/** In this order: each needs those before it. */
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
      return some(
        made,
        ([file, id]) => artefacts.get(id)?.includes(file) ?? false,
      );
    },
  ],
  [
    "rollout",
    ({ triggers = {} }, { batches }) =>
      ["nodes", "endpoint", "kubernetes_version"].every(
        (name) => name in triggers,
      ) &&
      some(
        Object.entries(triggers).filter(([name]) => name.startsWith("batch ")),
        ([, id]) => batches.has(id),
      ),
  ],
  [
    "signatures",
    ({ triggers = {} }, { batches }) =>
      some(Object.entries(triggers), ([, id]) => batches.has(id)),
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

/** `path mode [owner]`, a file a line. */
const FILE_LINES = /^\S+ 0[0-7]{3}( \S+)?(\n\S+ 0[0-7]{3}( \S+)?)*$/;

const isOfKind = (kind: ResourceKind, triggers: Triggers = {}): boolean =>
  triggers[KIND_TRIGGER] === kind && Object.keys(triggers).length === 1;

/** Versions before there were kinds in the state gave it no triggers. */
const isBare = (triggers: Triggers | undefined): boolean =>
  triggers === undefined;

/** CDKTF makes the name of the ids of its path, and of a hash over them. */
const hasId = (address: string, id: string): boolean =>
  new RegExp(`_${id}_[0-9A-F]{8}$`).test(address);

const parentOf = (address: string): string =>
  address.replace(/_[^_]+_[0-9A-F]{8}$/, "");

/** Whether there are any, and it is true of all. */
const some = <T>(items: readonly T[], is: (item: T) => boolean): boolean =>
  items.length > 0 && items.every(is);
