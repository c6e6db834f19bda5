import {
  type Artefact,
  filesOf,
  isAnchor,
  isWay,
  type Triggers,
  TYPES,
} from "./contents";

/** What was applied last, resources that left the program among it. */
export interface State {
  readonly artefacts: ReadonlyMap<string, Artefact>;
  /** Batches, rollouts, guards, anchors, ways to hosts: of ours, but no file. */
  readonly records: ReadonlyMap<string, Applied>;
}

export interface Applied {
  readonly triggers: Triggers;
  /** It ran, and failed. */
  readonly tainted: boolean;
}

interface StateResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly instances: readonly {
    readonly status?: string;
    readonly attributes?: {
      readonly id?: string;
      readonly input?: unknown;
      readonly triggers?: Triggers | null;
      readonly triggers_replace?: { readonly value?: Triggers } | null;
    };
  }[];
}

export function readState(json: string): State {
  const resources = resourcesIn(json)
    .filter(({ mode, type }) => mode === "managed" && TYPES.includes(type))
    .map(({ type, name, instances }) => ({
      address: `${type}.${name}`,
      attributes: instances[0]?.attributes ?? {},
      tainted: instances[0]?.status === "tainted",
    }));
  const ids = new Set(resources.map(({ attributes }) => attributes.id));
  const artefacts = new Map<string, Artefact>();
  const records = new Map<string, Applied>();
  for (const { address, attributes, tainted } of resources) {
    const triggers =
      attributes.triggers ?? attributes.triggers_replace?.value ?? {};
    const files = filesOf(triggers);
    if (files) artefacts.set(address, { files });
    else if (attributes.input == null && isRecord(triggers, ids))
      records.set(address, { triggers, tainted });
  }
  return { artefacts, records };
}

export const isEmpty = ({ artefacts, records }: State): boolean =>
  artefacts.size + records.size === 0;

/** A batch lists the ids of its artefacts, a rollout those of its batches, a guard nothing; an anchor and a way to a host are ones. */
function isRecord(
  triggers: Triggers,
  ids: ReadonlySet<string | undefined>,
): boolean {
  return (
    Object.keys(triggers).some((name) => name.startsWith("batch ")) ||
    Object.values(triggers).every((id) => ids.has(id)) ||
    (isAnchor(triggers) && HASH.test(triggers.sha256)) ||
    (isWay(triggers) && IN_WORDS.test(triggers.access))
  );
}

const HASH = /^[0-9a-f]{64}$/;

/** As `accessInWords` of lib/terraform says it. */
const IN_WORDS = /^(ssh \S+( via \S+)?|local|directory)$/;

function resourcesIn(json: string): readonly StateResource[] {
  try {
    const { resources } = JSON.parse(json) as { resources?: StateResource[] };
    return resources ?? [];
  } catch {
    return [];
  }
}
