import config from "./jest.config.mjs";

/** What takes long and needs the package registry: the tarball installed in an app, cdktf's own command line. */
export default {
  ...config,
  roots: ["<rootDir>/__tests__/package"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 300_000,
};
