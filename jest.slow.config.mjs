import config from "./jest.config.mjs";

/**
 * What takes minutes together, or needs more than Node and Terraform: plans and applies, deliveries that are cut off,
 * whole deploys from the command line, the examples, the tarball installed in an app and cdktf's own command line (a package registry), `null_resource` (Go, to
 * build its provider).
 */
export default {
  ...config,
  testMatch: ["**/*.slow.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 300_000,
};
