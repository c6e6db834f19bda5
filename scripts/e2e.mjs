// Runs the end-to-end tests: the quick ones, with --full all of them, or those that are named, as jest takes names and
// options. In this very process, so that a Ctrl-C reaches whoever holds the labs, which are gone with it.
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
