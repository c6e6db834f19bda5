import { type ConfigKind, MINORS } from "../../catalog/config/fields";
import type { Site } from "../../catalog/site";
import { checked } from "../config-check";
import { requireData } from "../data";

type Config = Readonly<Record<string, unknown>>;

/** A configuration of a component, as a prop gives it. @param where `kubeProxy.config` */
export function validateConfig(
  { version, allowUnknownFlags }: Site,
  kind: ConfigKind,
  where: string,
  config: Config,
): void {
  requireData(where, config);
  const isListed = (MINORS as readonly number[]).includes(version.minor);
  // A component of the user's own build may have other fields, too.
  if (!isListed || allowUnknownFlags) return;
  const isOfType = (key: string) => key === "apiVersion" || key === "kind";
  const fields = Object.entries(config).filter(([key]) => !isOfType(key));
  checked(kind, Object.fromEntries(fields), version.minor, where);
}
