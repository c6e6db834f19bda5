import { type Block, blocksOf, PAGES, read } from "./markdown";

const title = ({ page, line }: Block) => `${page}:${line}`;

test.each(
  PAGES.flatMap(blocksOf)
    .filter(({ marks }) => marks.from)
    .map((block) => [title(block), block] as const),
)(
  "the block shows the current content of its file: %s",
  (_, { marks, text }) => {
    expect(text).toBe(read(marks.from));
  },
);
