import type { ControlPlaneProps } from "../../../lib/constructs/site/control-plane-props";
import { flagWarningsOf } from "../../../lib/constructs/site/flag-warnings";
import { flagGroups } from "../../../lib/constructs/site/flags";
import { siteOf } from "../../../lib/constructs/site/site";
import { clusterProps } from "../../support/cluster";

export type Props = Partial<ControlPlaneProps>;
/** The extraArgs of a component. */
export type Args = NonNullable<
  NonNullable<ControlPlaneProps["apiServer"]>["extraArgs"]
>;

const flagsIn = (warnings: readonly string[]): string[] =>
  warnings.flatMap((warning) =>
    [...warning.matchAll(/add "([^"]+)" to acceptedFlags/g)].map(
      ([, flag]) => flag,
    ),
  );

/** The flags that warnings name, in the format of `acceptedFlags`. */
export function namedBy(given: Props): string[] {
  const props = clusterProps(given);
  const groups = flagGroups(siteOf(props, { external: false }));
  return flagsIn(flagWarningsOf(groups, props.acceptedFlags).warnings);
}

/** Props with these flags of one component. */
export const apiServer = (extraArgs: Args): Props => ({
  apiServer: { extraArgs },
});
export const controllerManager = (extraArgs: Args): Props => ({
  controllerManager: { extraArgs },
});
export const scheduler = (extraArgs: Args): Props => ({
  scheduler: { extraArgs },
});
export const kubelet = (extraArgs: Args): Props => ({ kubelet: { extraArgs } });
