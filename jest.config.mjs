/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "\\.slow\\.test\\.ts$"],
  globalSetup: "<rootDir>/__tests__/support/global-setup.ts",
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022" } }],
    "^.+\\.sh$": "<rootDir>/scripts/shell-modules.mjs",
  },
  // Half of the time is spent in Terraform, which uses the rest of the cores.
  maxWorkers: "100%",
  testTimeout: 120_000,
};
