import { examine, type Examined } from "./expect";
import { type Matcher, MATCHERS, type Verdict } from "./matchers";

/** Matchers in the form that `expect.extend` of Jest and Vitest takes. */
type ExtendMatcher = (
  this: { readonly isNot?: boolean },
  received: unknown,
  ...args: unknown[]
) => Verdict;

/** The matchers for `expect.extend`, by their names. `expect(stack).toHaveFlag(…)` takes what `expectControlPlane` takes. */
export const matchers: Readonly<Record<string, ExtendMatcher>> =
  Object.fromEntries(
    Object.entries<Matcher<never[]>>(MATCHERS).map(([name, matcher]) => [
      name,
      function (received, ...args) {
        return matcher(
          examine(received as Examined),
          this.isNot ?? false,
          ...(args as never[]),
        );
      } satisfies ExtendMatcher,
    ]),
  );
