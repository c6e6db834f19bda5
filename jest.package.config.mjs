import config from "./jest.config.mjs";

/**
 * What takes long and needs more than Node and Terraform: the tarball installed in an app and cdktf's own command line
 * (a package registry), `null_resource` (Go, to build its provider).
 */
export default {
  ...config,
  roots: ["<rootDir>/__tests__/package", "<rootDir>/__tests__/slow"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 300_000,
};
