import { readAnswer } from "../../lib/cli/plan/agent";

test("an agent's answer is JSON, in one line or in several", () => {
  expect(readAnswer('[{"node":"cp-1"}]')).toEqual([{ node: "cp-1" }]);
  expect(readAnswer('[\n{"node":\n"cp-1"}]')).toEqual([{ node: "cp-1" }]);
});

test.each([
  ["nothing", "", "with nothing."],
  ["a line before it", "hello\n[]", '"hello\\n[]" …'],
  ["what controls a terminal", "\u001b[2J", '"\\x1b[2J" …'],
])("fails in words if a program prints %s", (_, text, shown) => {
  const answer = readAnswer(text);
  expect(answer).toMatch(/^The agent did not answer in JSON, but with /);
  expect(answer).toContain(shown);
});
