import { kubernetesVersionIn } from "./said-version";
import type { Flaw } from "./flaw";

export interface KubeletFacts {
  /** What systemd says of its unit: `loaded`, `not-found`, `masked`. */
  readonly unit?: string;
  readonly enabled: boolean;
  readonly active: boolean;
  /** Where it was found; not where its unit wants it, where it isn't there. */
  readonly path?: string;
  /** `v1.36.3` */
  readonly version?: string;
  /** What the program said instead of its version. */
  readonly failure?: string;
  /** Others than root can change what runs there, so it was not asked. */
  readonly flaw?: Flaw;
}

/** Of what systemd says of its unit, and of the words that {@link readFacts} prints of the program. */
export function kubeletFacts(
  unit: string | undefined,
  program?: readonly string[],
): KubeletFacts {
  const property = (name: string) =>
    new RegExp(`^${name}=(.*)$`, "m").exec(unit ?? "")?.[1];
  const [path, said = "", problem, remedy = ""] = program ?? [];
  const version = kubernetesVersionIn(said);
  const flaw =
    path === undefined || problem === undefined
      ? undefined
      : { path, problem, remedy };
  return {
    unit: property("LoadState"),
    enabled: property("UnitFileState") === "enabled",
    active: property("ActiveState") === "active",
    path,
    version,
    failure:
      path === undefined || version !== undefined || flaw !== undefined
        ? undefined
        : said.trim().split("\n").at(-1) || "nothing",
    ...(flaw && { flaw }),
  };
}
