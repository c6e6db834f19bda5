import { frozen } from "./frozen";

/** How much YAML that people write may hold: large configurations and manifests have some thousands of values. */
export const YAML_LIMITS = frozen({
  /** Once each alias is replaced by what it stands for. */
  values: 100_000,
  /** Anchors and aliases. */
  aliases: 1_000,
});
