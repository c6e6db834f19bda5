/** Limits how many actions run at the same time. The others wait in the order in which they arrived. */
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
      this.startNext();
    }
  }

  /**
   * Lowers the limit to the sessions that run beside this one, which was refused. Returns whether there are any: then
   * this one can be tried again when another has ended.
   */
  lowerLimit(): boolean {
    this.limit = Math.max(1, Math.min(this.limit, this.running - 1));
    return this.running > 1;
  }

  private startNext(): void {
    const next = this.running <= this.limit ? this.waiting.shift() : undefined;
    if (next) next();
    else this.running--;
  }
}
