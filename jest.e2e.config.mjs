import config from "./jest.config.mjs";

/** Real binaries, as root: what is made runs. One file after the other, since each fills the machine. */
export default {
  ...config,
  roots: ["<rootDir>/__tests__/e2e"],
  testMatch: ["**/*.e2e.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/__tests__/e2e/setup.ts",
  setupFiles: [],
  reporters: ["<rootDir>/__tests__/e2e/reporter.mjs"],
  // `./lab/probe` is the module, not the script of that name which it runs.
  moduleFileExtensions: ["ts", "js", "mjs", "json", "node"],
  maxWorkers: 1,
  testTimeout: 300_000,
};
