import { randomBytes } from "node:crypto";
import { code } from "../../lib/terraform/expression";
import { checkLength } from "../../lib/terraform/request";

/** Text that cannot be compressed. */
const random = (bytes: number): string => randomBytes(bytes).toString("base64");

describe("at synthesis", () => {
  const check = (texts: Readonly<Record<string, string>>) =>
    checkLength("demo/objects", code`{}`, texts);

  test.each([
    ["nothing", {}],
    ["text of 200 KB that is random", { a: random(150_000) }],
    ["text of 3 MB that repeats itself", { a: "text ".repeat(600_000) }],
    ["much in all", { a: random(250_000), b: random(250_000) }],
    ["what is known only at apply", { a: code`file("a")`.toString() }],
  ])("a request may contain %s", (_, texts) => {
    expect(() => check(texts)).not.toThrow();
  });

  test.each([
    ["one text", { a: random(1_000_000) }, "a (1303 KiB)"],
    [
      "all texts together",
      { a: random(300_000), b: random(450_000), c: "short" },
      "b (586 KiB), a (391 KiB)",
    ],
  ])("fails when the request is too long: %s", (_, texts, longest) => {
    expect(() => check(texts)).toThrow(
      new RegExp(
        `^The request of demo/objects to the agent is too long: \\d+ KiB, compressed and in base64\\. It may have at most 960 KiB.*Its longest texts are ${longest.replace(/[()]/g, "\\$&")}\\. Write long texts to files`,
      ),
    );
  });

  test("fails when the request of a rollout is too long", () => {
    expect(() =>
      checkLength("demo/workers/w/rollout", code`"${random(1_000_000)}"`, {}),
    ).toThrow("Divide its nodes into several worker pools.");
  });
});
