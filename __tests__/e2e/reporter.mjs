const seconds = (milliseconds) =>
  `${((milliseconds ?? 0) / 1000).toFixed(1)} s`;

/** Prints each test when it starts, and its result as soon as it is known. Ends with a line of totals. */
export default class Reporter {
  #title = "";

  onTestCaseStart(_test, { ancestorTitles, title }) {
    const [group] = ancestorTitles;
    if (group !== this.#title) process.stderr.write(`\n${group}\n`);
    this.#title = group;
    process.stderr.write(`  … ${title}\n`);
  }

  onTestCaseResult(_test, { title, status, duration, failureMessages }) {
    const mark = { passed: "✓", failed: "✗" }[status] ?? "-";
    process.stderr.write(`  ${mark} ${title} (${seconds(duration)})\n`);
    for (const message of failureMessages)
      process.stderr.write(`${message.replace(/^/gm, "      ")}\n`);
  }

  onTestFileResult(_test, { testExecError }) {
    if (testExecError)
      process.stderr.write(`${testExecError.stack ?? testExecError.message}\n`);
  }

  onRunComplete(
    _contexts,
    { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, startTime },
  ) {
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    process.stderr.write(
      `\n${numPassedTests} passed, ${failed} failed in ${seconds(Date.now() - startTime)}\n`,
    );
  }

  getLastError() {}
}
