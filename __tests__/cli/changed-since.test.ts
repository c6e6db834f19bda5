import type { Contents, StackResource } from "../../lib/cli/plan/contents";
import { changedSincePlan } from "../../lib/cli/plan/changed-since";

const store = {
  directory: `${process.cwd()}/clusters/prod`,
  base: `${process.cwd()}/cdktf.out/stacks/prod`,
};
const rows: Record<string, object> = {
  "terraform_data.file": {
    kind: "artefact",
    files: ["nodes/cp-1/root/etc/audit.yaml"],
  },
  "null_resource.pair": {
    kind: "artefact",
    files: ["pki/ca.crt", "pki/ca.key"],
  },
  "terraform_data.rollout": { kind: "rollout" },
};
const contents: Contents = {
  resources: new Map(
    Object.entries(rows).map(([address, row]) => [
      address,
      { ...row, address, store } as unknown as StackResource,
    ]),
  ),
  stores: [],
  outputs: new Set(),
};

const inconsistent = (
  address: string,
  trigger: string,
  was: string,
  now: string,
) => ({
  summary: "Provider produced inconsistent final plan",
  detail: `When expanding the plan for ${address} to include new values learned so far during apply, provider "terraform.io/builtin/terraform" produced an invalid new value for ${trigger}: was cty.StringVal("${was}"), but now cty.StringVal("${now}").\n\nThis is a bug in the provider, which should be reported in the provider's own issue tracker.`,
});

test.each([
  [
    "a file of the user",
    inconsistent(
      "terraform_data.file",
      ".triggers_replace.spec",
      "file: ../../../audit.yaml\\nsha256: 12\\n",
      "file: ../../../audit.yaml\\nsha256: 34\\n",
    ),
    "audit.yaml",
  ],
  [
    "the second file of two",
    inconsistent(
      "null_resource.pair",
      '.triggers["spec"]',
      "certificate:\\n  file: ../../../my ca.crt\\n  sha256: 1\\nkey:\\n  file: ~/ca.key\\n  sha256: 2\\n",
      "certificate:\\n  file: ../../../my ca.crt\\n  sha256: 1\\nkey:\\n  file: ~/ca.key\\n  sha256: 3\\n",
    ),
    "~/ca.key",
  ],
  [
    "a text that is made from a file",
    inconsistent(
      "terraform_data.file",
      ".triggers_replace.spec",
      "a: 1\\nhash: 1\\n",
      "a: 1\\nhash: 2\\n",
    ),
    "a file from which clusters/prod/nodes/cp-1/root/etc/audit.yaml is made",
  ],
  [
    "files of the store",
    inconsistent("null_resource.pair", '.triggers["intact"]', "1", "2"),
    "clusters/prod/pki/ca.crt and clusters/prod/pki/ca.key",
  ],
  [
    "the mark of a check",
    inconsistent(
      "terraform_data.rollout",
      ".triggers_replace.check cp-1",
      "",
      "5b1f",
    ),
    "the mark that a check gives to what differs (cp-1)",
  ],
  [
    "the mark of a token",
    inconsistent("terraform_data.file", ".triggers_replace.check", "", "5b1f"),
    "the mark that a check gives to what differs (clusters/prod/nodes/cp-1/root/etc/audit.yaml)",
  ],
  [
    "a binary",
    inconsistent(
      "terraform_data.rollout",
      ".triggers_replace.binary kubelet",
      "1",
      "2",
    ),
    "binary kubelet",
  ],
  [
    "the state",
    {
      summary: "Saved plan is stale",
      detail: "The given plan file can no longer be applied",
    },
    "Terraform's state, by another run",
  ],
])("fails when %s changes, in words of ours", (_, diagnostic, what) => {
  expect(changedSincePlan(diagnostic, contents)).toBe(
    `changed since the plan was made: ${what}\nNothing was made from it. Plan again.`,
  );
});

test.each([
  inconsistent("terraform_data.mine", ".triggers_replace.spec", "1", "2"),
  { summary: "Resource postcondition failed", detail: "The state knows" },
])("Terraform's words about other things stay", (diagnostic) => {
  expect(changedSincePlan(diagnostic, contents)).toBeUndefined();
});
