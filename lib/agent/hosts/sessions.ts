/** Lets only so many run at a time; the others wait in the order in which they came. */
export class Sessions {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private limit: number) {}

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limit)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  /** The other side allows no more than now run beside this one. Whether that is any, so that trying again helps. */
  narrow(): boolean {
    this.limit = Math.max(1, Math.min(this.limit, this.running - 1));
    return this.running > 1;
  }

  private passOn(): void {
    const next = this.running <= this.limit ? this.waiting.shift() : undefined;
    if (next) next();
    else this.running--;
  }
}
