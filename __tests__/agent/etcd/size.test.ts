import { percent, sizeInWords } from "../../../lib/base/size";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [20_480, "20 KiB"],
  [2_031_616, "1.9 MiB"],
  [2 * 1024 ** 3, "2 GiB"],
  [9.96 * 1024 ** 3, "10 GiB"],
  [3 * 1024 ** 5, "3072 TiB"],
])("%i bytes are %s", (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words);
});

test.each([
  [1, 3, "33 %"],
  [5, 0, "0 %"],
])("%i of %i are %s", (part, whole, words) => {
  expect(percent(part, whole)).toBe(words);
});
