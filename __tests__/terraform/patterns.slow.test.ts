import { TerraformOutput } from "cdktf";
import * as patterns from "../../lib/constructs/patterns";
import { code, quote } from "../../lib/terraform/expression";
import { textTemplate } from "../../lib/terraform/template";
import { HOSTILE } from "../support/hostile-words";
import { Machine } from "../support/machine";
import { Deployment } from "../support/terraform";

test("JavaScript and Terraform read each pattern alike", () => {
  const deployment = new Deployment();
  const words = [
    ...HOSTILE,
    ..."10.0.0.1 010.0.0.1 10.0.0.256 10.0.0 1.2.3.4.5 10.0.0.1/24 :: ::1 1:: fd00::1 FD00::1".split(
      " ",
    ),
    ..."1:2:3:4:5:6:7:8 1:2:3:4:5:6:7 1::2::3 ::1.2.3.4 [fd00::1] fe80::1%eth0 a A a.b *.a.b a..b -a a- a_b".split(
      " ",
    ),
    ..."https://a a:1 user@a user@[fd00::1]:22 /a /a/ /a/./b /a/../b /a/..b unix:///run/a.sock 24h 1h30m -1h +5s 1.5h".split(
      " ",
    ),
    ..."true T yes 0x1f 1e3 2030-01-31T12:00:00Z system:bootstrappers:a a/b A/b:v1 reg:5000/a/b http://etcd:2379".split(
      " ",
    ),
    "a".repeat(63),
    "a".repeat(64),
    `${"a".repeat(63)}.${"b".repeat(63)}`.repeat(2),
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u6Y0y0y0y0y0y0y0y0y0y0y0y0y0y0y0y0y0y comment",
    "\u00a0",
  ];
  const all = Object.values(patterns)
    .flat()
    .filter((each) => each instanceof RegExp);
  deployment.program((stack) => {
    const list = new Machine(stack, "words", words.map(textTemplate)).names;
    all.forEach((pattern, i) => {
      new TerraformOutput(stack, `pattern-${i}`, {
        value: code`[for word in ${list} : can(regex(${quote(pattern.source)}, word))]`,
      });
    });
  });

  const { outputs } = deployment.apply();

  expect(all.length).toBeGreaterThan(20);
  all.forEach((pattern, i) => {
    expect([pattern, outputs[`pattern-${i}`]]).toEqual([
      pattern,
      words.map((word) => pattern.test(word)),
    ]);
  });
  deployment.dispose();
});
