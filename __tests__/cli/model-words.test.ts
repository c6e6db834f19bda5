import { namesInWords } from "../../lib/cli/names";
import { whenInWords } from "../../lib/cli/model/validity";
import { NOW } from "./support/shapes";

test.each([
  [["b", "a"], "a, b"],
  [["cp-3", "cp-1", "cp-2"], "cp-1, cp-2, cp-3"],
  [["worker-2", "worker-1", "worker-3"], "worker-1 … worker-3"],
  [["w-8", "w-9", "w-10", "w-11"], "w-8 … w-11"],
  [["w-1", "w-2", "w-4", "w-5", "w-6"], "w-1, w-2, w-4 … w-6"],
  [["ann", "bob", "cem", "dan", "eve"], "ann, bob and 3 more"],
  [
    ["cp-1", ...Array.from({ length: 1000 }, (_, at) => `worker-${at + 1}`)],
    "cp-1, worker-1 … worker-1000",
  ],
])("joins the names %j", (names, words) => {
  expect(namesInWords(names)).toBe(words);
});

test.each([
  ["2027-03-03T12:00:00Z", "in 2 days"],
  ["2027-03-02T12:00:00Z", "in 1 day"],
  ["2027-03-01T23:00:00Z", "today"],
  ["2027-02-28T12:00:00Z", "1 day ago"],
  ["2037-02-26T12:00:00Z", "in 3,650 days"],
])("says when %s is", (time, words) => {
  expect(whenInWords(time, NOW)).toBe(words);
});
