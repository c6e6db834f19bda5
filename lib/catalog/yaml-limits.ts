import { frozen } from "./frozen";

/** The limits for the user's YAML. Even large configurations and manifests have only some thousands of values. */
export const YAML_LIMITS = frozen({
  /** The most values, after each alias is replaced by its content. */
  values: 100_000,
  /** The most anchors and aliases. */
  aliases: 1_000,
});
