/** @type {import("jest").Config} */
export default {
  testEnvironment: "<rootDir>/__tests__/support/compile-once.ts",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "\\.slow\\.test\\.ts$"],
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  setupFiles: ["<rootDir>/__tests__/support/no-other-programs.ts"],
  moduleNameMapper: {
    "^archiver$": "<rootDir>/__tests__/support/no-archiver.ts",
  },
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" } }],
    "^.+\\.sh$": "<rootDir>/scripts/shell-modules.mjs",
  },
  maxWorkers: "100%",
  testTimeout: 120_000,
};
