import { PICTURES } from "../../scripts/pictures";
import { read } from "./markdown";

test.each(Object.entries(PICTURES))(
  "%s is current (if not: npm run docs)",
  async (path, draw) => {
    expect(read(path)).toBe(await draw());
  },
);
