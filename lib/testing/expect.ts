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
  const assertion = <Name extends keyof ControlPlaneMatchers>(name: Name) => {
    const matcher = MATCHERS[name] as Matcher<unknown[]>;
    const assert = (...args: unknown[]): void => {
      const { pass, message, expected, actual } = matcher(
        cluster,
        isNot,
        ...args,
      );
      if (pass === isNot)
        throw new AssertionError({
          message: message(),
          expected,
          actual,
          operator: name,
          stackStartFn: assert,
        });
    };
    return assert as ControlPlaneMatchers[Name];
  };
  return {
    toHaveFlag: assertion("toHaveFlag"),
    toHaveFile: assertion("toHaveFile"),
    toHaveCertificate: assertion("toHaveCertificate"),
  };
}
