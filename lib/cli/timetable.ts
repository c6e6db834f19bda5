import type { Clock } from "../base/clock";
import type { Display, Running } from "./display";
import type { Output } from "./output";
import type { Doing, Phase, PhaseName } from "./phases";

/** Measures the phases of a command, and tells who shows them. */
export class Timetable implements Pick<Output, "during" | "doing"> {
  /** The milliseconds of each phase, of all stacks together. */
  readonly phases = new Map<PhaseName, number>();
  private readonly began: number;
  private running?: Running;

  constructor(
    private readonly clock: Clock,
    private readonly display: Display,
    private readonly event: Output["event"],
  ) {
    this.began = clock.now();
  }

  /** The milliseconds since the command began. */
  get total(): number {
    return this.clock.now() - this.began;
  }

  readonly during = async <T>(
    about: Phase,
    work: () => Promise<T>,
    succeeded: (result: T) => boolean = () => true,
  ): Promise<T> => {
    const { phase, stack, store } = about;
    const began = this.clock.now();
    let isDone = false;
    this.event("phaseStarted", { phase, stack, store });
    this.show({ phase: about, began, doing: {} });
    try {
      const result = await work();
      isDone = succeeded(result);
      return result;
    } finally {
      const milliseconds = this.clock.now() - began;
      this.phases.set(phase, (this.phases.get(phase) ?? 0) + milliseconds);
      this.show(undefined);
      const ended = { phase, stack, store, milliseconds, succeeded: isDone };
      this.event("phaseEnded", ended);
    }
  };

  readonly doing = (doing: Doing): void => {
    if (this.running) this.show({ ...this.running, doing });
  };

  private show(running: Running | undefined): void {
    this.running = running;
    this.display.show(running);
  }
}
