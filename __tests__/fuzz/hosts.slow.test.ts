import fc from "fast-check";
import type { Host } from "../../lib/agent/hosts/host";
import { readSshFailure } from "../../lib/agent/hosts/ssh-failure";
import { AgentError } from "../../lib/base/errors";
import { questionsAbout, SSH_ERRORS } from "./support/answers";
import { type Change, changed, changeOf } from "./support/bytes";
import type { Fact } from "./support/facts-answer";
import { hostTree } from "./support/tampered";
import { checkAll } from "./support/watchdog";

/** How the answers of a host differ from honest ones. Data only, so that fast-check can print it. */
interface Oddity {
  readonly question: string;
  /** Which answer is odd, and which value of it; the whole answer if `value` is 0. */
  readonly nth: number;
  readonly value: number;
  readonly changes: readonly Change[];
  readonly exitCode: number;
  readonly stderr: string;
  readonly errors: readonly Change[];
}

const applied = (text: string, changes: readonly Change[]): Buffer =>
  changes.reduce(changed, Buffer.from(text));

const printed = (facts: readonly Fact[]): string =>
  facts
    .map(([name, ...values]) => {
      const words = values.map((value) =>
        Buffer.from(value).toString("base64"),
      );
      return `${[name, ...words].join(" ")}\n`;
    })
    .join("");

/** The answer of an odd host: odd as a whole, or in one of its values. */
function oddAnswer(
  honest: readonly Fact[] | string,
  { value, changes }: Oddity,
): Buffer {
  if (typeof honest === "string") return applied(honest, changes);
  const texts = honest.flat();
  if (value === 0) return applied(printed(honest), changes);
  let left = value % texts.length;
  const odd = honest.map(([name, ...values]): Fact => {
    left--;
    return [
      name,
      ...values.map((each) =>
        left-- === 0 ? applied(each, changes).toString("latin1") : each,
      ),
    ];
  });
  return Buffer.from(printed(odd));
}

test("any odd answer of a host is used, or leads to an error that says what to do", async () => {
  const tree = await hostTree();
  const questions = questionsAbout(tree);
  const ask = async (odd: Oddity): Promise<void> => {
    const { answer, read } = questions[odd.question];
    let asked = 0;
    const host: Host = {
      name: "cp-1",
      run: (_, { input } = {}) => {
        const honest = answer(Buffer.isBuffer(input) ? input.toString() : "");
        const isOdd = asked++ === odd.nth || odd.nth === 0;
        const stdout = isOdd
          ? oddAnswer(honest, odd)
          : Buffer.from(typeof honest === "string" ? honest : printed(honest));
        const stderr = applied(odd.stderr, odd.errors).toString();
        return Promise.resolve({
          exitCode: isOdd ? odd.exitCode : 0,
          stdout,
          stderr,
        });
      },
      reach: () => Promise.resolve({ path: "/nonexistent" }),
      close: () => Promise.resolve(),
    };
    await read(host);
  };
  const changes = fc.array(changeOf(), { minLength: 1, maxLength: 2 });
  const oddity: fc.Arbitrary<Oddity> = fc.record({
    question: fc.constantFrom(...Object.keys(questions)),
    nth: fc.nat(2),
    value: fc.nat(),
    changes,
    exitCode: fc.constantFrom(0, 0, 0, 0, 1, 2, 4, 5, 127, 143, 255),
    stderr: fc.constantFrom("", ...SSH_ERRORS),
    errors: changes,
  });
  const silent = {
    nth: 0,
    value: 0,
    changes: [],
    exitCode: 0,
    stderr: "",
    errors: [],
  };
  for (const question of Object.keys(questions))
    await ask({ ...silent, question });
  await checkAll(oddity, async (odd) => {
    readSshFailure(applied(odd.stderr, odd.errors).toString());
    try {
      await ask(odd);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      expect(error.message).toMatch(/[.:]/);
    }
  });
});
