import { type Artefact, filesOf, TYPES } from "./contents";

/** What only the state still knows: resources that left the program. */
export interface State {
  readonly artefacts: ReadonlyMap<string, Artefact>;
  /** Batches, rollouts, guards: of ours, but no file. */
  readonly records: ReadonlySet<string>;
}

interface StateResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly instances: readonly {
    readonly attributes?: {
      readonly id?: string;
      readonly input?: unknown;
      readonly triggers?: Triggers | null;
      readonly triggers_replace?: { readonly value?: Triggers } | null;
    };
  }[];
}

type Triggers = Readonly<Record<string, string>>;

export function readState(json: string): State {
  const resources = resourcesIn(json)
    .filter(({ mode, type }) => mode === "managed" && TYPES.includes(type))
    .map(({ type, name, instances }) => ({
      address: `${type}.${name}`,
      attributes: instances[0]?.attributes ?? {},
    }));
  const ids = new Set(resources.map(({ attributes }) => attributes.id));
  const artefacts = new Map<string, Artefact>();
  const records = new Set<string>();
  for (const { address, attributes } of resources) {
    const triggers = attributes.triggers ?? attributes.triggers_replace?.value;
    const files = filesOf(triggers ?? {});
    if (files) artefacts.set(address, { files });
    else if (attributes.input == null && isRecord(triggers ?? {}, ids))
      records.add(address);
  }
  return { artefacts, records };
}

export const isEmpty = ({ artefacts, records }: State): boolean =>
  artefacts.size + records.size === 0;

/** A batch lists the ids of its artefacts, a rollout those of its batches, a guard nothing. */
function isRecord(
  triggers: Triggers,
  ids: ReadonlySet<string | undefined>,
): boolean {
  return (
    Object.keys(triggers).some((name) => name.startsWith("batch ")) ||
    Object.values(triggers).every((id) => ids.has(id))
  );
}

function resourcesIn(json: string): readonly StateResource[] {
  try {
    const { resources } = JSON.parse(json) as { resources?: StateResource[] };
    return resources ?? [];
  } catch {
    return [];
  }
}
