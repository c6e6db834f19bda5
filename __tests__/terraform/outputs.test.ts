import { App, Testing, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { ControlPlane, LocalControlPlane, Store } from "../../lib";
import { manifestOf } from "../../lib/terraform/manifest";
import { clusterProps } from "../support/cluster";
import type { Program } from "../support/terraform";

type SynthesizedOutputs = Record<string, { readonly value: string }>;

function outputsOf(program: Program): SynthesizedOutputs {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  const { output } = JSON.parse(Testing.synth(stack)) as {
    output: SynthesizedOutputs;
  };
  return output;
}

const namesIn = (program: Program): string[] =>
  Object.keys(outputsOf(program)).sort();

const of = (prefix: string): string[] =>
  ["backup", "endpoint", "kubeconfig", "next_expiry"].map(
    (id) => `${prefix}_${id}`,
  );

const made = (scope: Construct, id: string, clusterName = id): ControlPlane =>
  new ControlPlane(scope, id, clusterProps({ clusterName }));

test("a control plane tells its endpoint, its kubeconfig and what to back up", () => {
  const output = outputsOf((stack) => void made(stack, "prod"));

  expect(output).toEqual({
    prod_backup: {
      value:
        "clusters/prod holds private keys: back it up, and never commit it",
    },
    prod_endpoint: { value: "https://api.example.org:6443" },
    prod_kubeconfig: { value: "clusters/prod/kubeconfigs/admin.conf" },
    prod_next_expiry: { value: expect.stringContaining("notAfter") },
  });
});

test("each control plane of a stack has outputs of its own, named by its path", () => {
  expect(
    namesIn((stack) => {
      made(stack, "eu");
      made(new Construct(stack, "us"), "west", "us");
      new LocalControlPlane(stack, "local", {
        kubernetesVersion: "1.36.3",
        binaryDirectory: "/opt/kubernetes",
      });
    }),
  ).toEqual([...of("eu"), ...of("local"), ...of("us_west")]);
});

test("a store without a control plane tells its next expiry and what to back up", () => {
  expect(
    namesIn((stack) => void new Store(stack, "pki", { directory: "pki" })),
  ).toEqual(["pki_backup", "pki_next_expiry"]);
});

test("a store that is given to a control plane has no outputs besides those of the control plane", () => {
  expect(
    namesIn((stack) => {
      const store = new Store(stack, "keys", { directory: "keys" });
      new ControlPlane(stack, "prod", { ...clusterProps(), store });
    }),
  ).toEqual(of("prod"));
});

test("an output of the program takes the place of ours of the same name, whichever comes first", () => {
  const program: Program = (stack) => {
    new TerraformOutput(stack, "prod_backup", { value: "mine" });
    made(stack, "prod");
    const other = new TerraformOutput(stack, "other", { value: "mine, too" });
    other.overrideLogicalId("prod_endpoint");
  };

  const output = outputsOf(program);
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);

  expect(output).toMatchObject({
    prod_backup: { value: "mine" },
    prod_endpoint: { value: "mine, too" },
  });
  expect(Object.keys(output).sort()).toEqual(of("prod"));
  expect(manifestOf(stack).outputs).toEqual([
    "prod_kubeconfig",
    "prod_next_expiry",
  ]);
});

test("control planes whose paths look the same have names with the hash of their path", () => {
  const names = namesIn((stack) => {
    made(stack, "a_b", "one");
    made(new Construct(stack, "a"), "b", "two");
  });

  expect(names).toHaveLength(8);
  expect(names.filter((name) => /^a_b_[0-9A-F]{8}_/.test(name))).toHaveLength(
    4,
  );
});

test("a name has only characters that Terraform allows", () => {
  expect(namesIn((stack) => void made(stack, "prod.eu 日本", "prod"))).toEqual(
    of("prod_eu___"),
  );
});

test("paths contain the workspace, and no other text becomes an expression", () => {
  const output = outputsOf(
    (stack) =>
      void new ControlPlane(stack, "prod", {
        ...clusterProps(),
        outputDirectory: "%{if}/${terraform.workspace}",
      }),
  );

  expect(output.prod_kubeconfig.value).toBe(
    "%%{if}/${terraform.workspace}/test/kubeconfigs/admin.conf",
  );
});

test("cdktf's command line finds them in their stack, also below other constructs", () => {
  const app = Testing.app();
  const stack = new TerraformStack(new Construct(app, "below"), "stack");
  made(stack, "prod");
  const { "//": about } = stack.toTerraform() as {
    readonly "//": { readonly outputs: unknown };
  };

  expect(about.outputs).toEqual({
    below: {
      stack: Object.fromEntries(of("prod").map((name) => [name, name])),
    },
  });
});

test("a stack without a store has none", () => {
  const stack = new TerraformStack(new App(), "stack");
  expect(JSON.parse(Testing.synth(stack)).output).toBeUndefined();
});
