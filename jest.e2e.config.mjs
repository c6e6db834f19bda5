import config from "./jest.config.mjs";

/** End-to-end tests with real binaries, as root. The files run one after another, because each one needs the whole machine. */
export default {
  ...config,
  roots: ["<rootDir>/__tests__/e2e"],
  testMatch: ["**/*.e2e.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/__tests__/e2e/setup.ts",
  setupFiles: [],
  reporters: ["<rootDir>/__tests__/e2e/reporter.mjs"],
  // "ts" comes before "mjs", so that `./lab/probe` is the module, not the script of the same name that it runs.
  moduleFileExtensions: ["ts", "js", "mjs", "json", "node"],
  maxWorkers: 1,
  testTimeout: 300_000,
};
