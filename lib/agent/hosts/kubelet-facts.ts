import { kubernetesVersionIn } from "./program-version";
import type { Flaw } from "./flaw";

export interface KubeletFacts {
  /** The LoadState of its unit: `loaded`, `not-found`, `masked`. */
  readonly unit?: string;
  readonly enabled: boolean;
  readonly active: boolean;
  /** The path of the program: the path that its unit uses or, if nothing is there, the one on the PATH. */
  readonly path?: string;
  /** `v1.36.3` */
  readonly version?: string;
  /** The last line that the program printed instead of its version. */
  readonly failure?: string;
  /** Present if users other than root can change the program. Then it was not asked for its version. */
  readonly flaw?: Flaw;
}

/**
 * @param unit the properties of its unit, as systemd prints them
 * @param program path, output, and the problem and remedy of a flaw, as facts.sh prints them
 */
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
