let failed = false;

/** A test that depends on all previous tests of its file: after a failure, the rest is skipped. */
export function step(name: string, action: () => Promise<void>): void {
  test(name, async () => {
    if (failed) throw new NotTried();
    try {
      await action();
    } catch (error) {
      failed = true;
      throw error;
    }
  });
}

class NotTried extends Error {
  constructor() {
    super("not tried, since a step before it failed");
    this.stack = this.message;
  }
}
