/** What is going on, as it happens: jest's console would keep it until the end. */
export function say(line: string): void {
  process.stderr.write(`    ${line}\n`);
}

export const seconds = (since: number): string =>
  `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Waits for a condition, which is asked again as long as it fails or throws. */
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
