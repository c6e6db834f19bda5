/** Prints a line at once. Jest's own console would print it only at the end. */
export function say(line: string): void {
  process.stderr.write(`    ${line}\n`);
}

export const seconds = (since: number): string =>
  `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Waits until a condition is true. It is checked again while it is false or throws. */
export async function until(
  what: string,
  limitSeconds: number,
  condition: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + limitSeconds * 1000;
  for (;;) {
    let reason = "";
    try {
      if (await condition()) return;
    } catch (error) {
      reason = `: ${String(error)}`;
    }
    if (Date.now() > end)
      throw new Error(`after ${limitSeconds} s not yet ${what}${reason}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
