import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { anchorOf } from "../../scripts/site/pages";
import { PAGES, prose, read, ROOT } from "./markdown";

const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    anchorOf(heading),
  );

test.each(PAGES)("every link of %s has a target", (page) => {
  const links = [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, link]) => link,
  );
  const broken = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split("#");
      const target = path ? join(dirname(page), path) : page;
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
  expect(broken).toEqual([]);
});

test.each(PAGES)(
  "every file in the repository that %s names exists",
  (page) => {
    const named = [
      ...read(page).matchAll(/`((?:lib|scripts|__tests__)\/[^`\s]+)`/g),
    ].map(([, path]) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  },
);
