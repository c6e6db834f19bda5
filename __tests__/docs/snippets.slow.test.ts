import { blocksOf, PAGES } from "./markdown";
import { typeErrors } from "./snippet-types";

const SNIPPETS = PAGES.flatMap(blocksOf).filter(
  ({ language }) => language === "ts",
);

test("the TypeScript in the pages type-checks", () => {
  expect(SNIPPETS.length).toBeGreaterThan(20);
  expect(typeErrors(SNIPPETS)).toEqual([]);
});
