import config from "./jest.config.mjs";

/**
 * What takes minutes together, or needs more than Node and Terraform: plans and applies, real OpenSSL, sshd, systemd and
 * containerd, deliveries that are cut off, whole deploys from the command line, the examples, the tarball installed in an
 * app and cdktf's own command line (a package registry), `null_resource` (Go, to build its provider). `slow-setup.ts`
 * says what has to be installed.
 */
export default {
  ...config,
  testMatch: ["**/*.slow.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/__tests__/support/slow-setup.ts",
  setupFiles: [],
  // Half of the time is spent in Terraform, which uses the rest of the cores.
  testTimeout: 300_000,
};
