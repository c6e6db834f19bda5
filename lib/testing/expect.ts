import { AssertionError } from "node:assert";
import { controlPlaneIn, SynthesizedControlPlane } from "./control-plane";
import { type ControlPlaneMatchers, type Matcher, MATCHERS } from "./matchers";
import type { Source } from "./source";

/** What is asserted: a stack, its folder, or what {@link controlPlaneIn} returns, which saves synthesizing it again. */
export type Examined = Source | SynthesizedControlPlane;

/**
 * Asserts something about a control plane, in any test framework: it throws Node's AssertionError if it does not hold.
 * @param cluster The name of the cluster. It is needed if the stack has several.
 */
export function expectControlPlane(
  examined: Examined,
  cluster?: string,
): ControlPlaneMatchers & { readonly not: ControlPlaneMatchers } {
  const read = examine(examined, cluster);
  return { ...assertions(read, false), not: assertions(read, true) };
}

export const examine = (
  examined: Examined,
  cluster?: string,
): SynthesizedControlPlane =>
  examined instanceof SynthesizedControlPlane
    ? examined
    : controlPlaneIn(examined, cluster);

function assertions(
  cluster: SynthesizedControlPlane,
  isNot: boolean,
): ControlPlaneMatchers {
  const assertion = (operator: string, matcher: Matcher<never[]>) => {
    const assert = (...args: never[]): void => {
      const verdict = matcher(cluster, isNot, ...args);
      const { pass, message, expected, actual } = verdict;
      if (pass === isNot)
        throw new AssertionError({
          message: message(),
          expected,
          actual,
          operator,
          stackStartFn: assert,
        });
    };
    return assert;
  };
  return Object.fromEntries(
    Object.entries<Matcher<never[]>>(MATCHERS).map(([name, matcher]) => [
      name,
      assertion(name, matcher),
    ]),
  ) as unknown as ControlPlaneMatchers;
}
