/** One thing that a rollout may have to do. Doing it twice does no more than doing it once. */
export interface Step {
  readonly title: string;
  needed(): boolean | Promise<boolean>;
  apply(): void | Promise<void>;
}

export async function runSteps(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (await step.needed()) await step.apply();
  }
}
