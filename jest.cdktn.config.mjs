import config from "./jest.config.mjs";

/** The quick tests of what synthesizes, with cdktn in the place of cdktf. */
export default {
  ...config,
  roots: ["constructs", "props", "terraform"].map(
    (folder) => `<rootDir>/__tests__/${folder}`,
  ),
  moduleNameMapper: { "^cdktf$": "cdktn" },
};
