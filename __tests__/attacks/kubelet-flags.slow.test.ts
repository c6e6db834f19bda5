import { Fn, TerraformLocal, Token } from "cdktf";
import { cluster, node, STORE } from "../support/cluster";
import { SPECIAL_VALUES, systemdWords } from "../support/systemd-words";
import { Deployment, NOTHING, type Program } from "../support/terraform";

const deployment = new Deployment();
afterAll(() => deployment.dispose());

const NAME = "KUBELET_KUBEADM_ARGS";
const name = (at: number) => `flag-${at}`;

/** A value that is unknown at synthesis. */
function later(stack: Parameters<Program>[0], id: string, text: string) {
  const encoded = Buffer.from(text).toString("base64");
  const local = new TerraformLocal(stack, id, Fn.base64decode(encoded));
  return Token.asString(local.expression);
}

const program: Program = (stack) => {
  const flags = SPECIAL_VALUES.map((value, at) => [
    name(at),
    later(stack, name(at), value),
  ]);
  const both = `[${later(stack, "both", SPECIAL_VALUES[3])}" \n'`;
  cluster({
    // The flags are none of kubelet's.
    allowUnknownFlags: true,
    kubelet: { extraArgs: Object.fromEntries(flags) },
    nodes: [node(1, { kubeletExtraArgs: { own: both } })],
  })(stack);
};

test("values of kubelet's flags that are known only at apply become single words, and set no other variable", () => {
  deployment.program(program).apply();
  const path = `${STORE}/nodes/cp-1/root/var/lib/kubelet/kubeadm-flags.env`;
  const { variables, words } = systemdWords(deployment.read(path), NAME);
  expect(words).toEqual([
    "--hostname-override=cp-1",
    ...SPECIAL_VALUES.map((value, at) => `--${name(at)}=${value}`),
    `--own=[${SPECIAL_VALUES[3]}" \n'`,
  ]);
  expect(variables).toHaveLength(1);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test.each(["\u001b[2J", "a\rb", "\u007f", "\u0001"])(
  "fails when a flag's value, known only at apply, contains the control character %j",
  (text) => {
    const run = deployment
      .program((stack) =>
        cluster({
          kubelet: { extraArgs: { v: later(stack, "value", text) } },
        })(stack),
      )
      .tryApply();
    expect(run.ok).toBe(false);
    expect(run.errors.join("\n")).toContain(
      "A flag of kubelet on cp-1 has a value with a control character.",
    );
  },
);
