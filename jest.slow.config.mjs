import config from "./jest.config.mjs";

/**
 * The slow tests, which take minutes together or need more than Node: plans and applies, real OpenSSL, sshd, systemd and
 * containerd, interrupted deliveries, whole deploys from the command line, the examples, the tarball installed in an app
 * and cdktf's own command line (they need a package registry), and `null_resource` (its provider is built with Go).
 * `slow-setup.ts` checks that everything they need is installed.
 */
export default {
  ...config,
  testMatch: ["**/*.slow.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/__tests__/support/slow-setup.ts",
  setupFiles: [],
  // Half of the time is spent in Terraform, which uses the other cores.
  testTimeout: 300_000,
};
