// Runs the end-to-end tests: by default the quick ones, with --full all of them, or those named as for jest, with jest's
// options. Jest runs in this process, so that Ctrl-C reaches the process that owns the labs and removes them.
import { run } from "jest";

const FULL = "--full";
const given = process.argv.slice(2);
const options = given.filter((word) => word !== FULL);
const isQuick =
  !given.includes(FULL) && options.every((word) => word.startsWith("-"));

await run([
  "--config=jest.e2e.config.mjs",
  ...(isQuick
    ? [
        "--testPathIgnorePatterns=/node_modules/",
        "--testPathIgnorePatterns=/e2e/full/",
      ]
    : []),
  ...options,
]);
