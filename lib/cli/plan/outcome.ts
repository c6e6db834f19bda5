import type { Output } from "../output";
import type { Stack } from "./app";
import type { Children, Outcome } from "./children";
import type { Progress } from "./progress";

/** Prints Terraform's warnings and errors. Returns whether Terraform succeeded. */
export function reportOutcome(
  stack: string,
  { exitCode, output: errors }: Outcome,
  { diagnostics, noise, begun }: Progress,
  {
    children,
    output,
  }: { readonly children: Children; readonly output: Output },
): boolean {
  for (const text of diagnostics.newWarnings()) output.warn(text);
  children.throwIfInterrupted();
  for (const text of diagnostics.errors) {
    output.say();
    output.fail(text);
  }
  if (exitCode === 0) return true;
  if (diagnostics.errors.length === 0)
    output.fail(
      [`${stack}: terraform failed.`, `${noise}`.trimEnd(), errors.trim()]
        .filter(Boolean)
        .join("\n"),
    );
  output.say();
  if (!begun) output.say(`${stack}: nothing was changed`);
  return false;
}

/** Names the stacks that are not begun, because an earlier one failed. */
export function tellNotStarted(stacks: readonly Stack[], output: Output): void {
  if (stacks.length === 0) return;
  const names = stacks.map(({ name }) => name);
  output.say(`Not started: ${names.join(", ")}`);
  output.event("notStarted", { stacks: names });
}
