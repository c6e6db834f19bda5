import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { type ControlPlaneProps, Duration } from "../../lib";
import { cluster, STORE } from "../support/cluster";
import { nullProvider, VERSION } from "../support/null-provider";
import { Deployment, NOTHING, type Program } from "../support/terraform";

let builtIn: Deployment;
let external: Deployment;

beforeAll(() => {
  builtIn = new Deployment();
  external = new Deployment({ TF_CLI_CONFIG_FILE: nullProvider() });
}, 300_000);

afterAll(() => {
  builtIn.dispose();
  external.dispose();
});

/** Sets the same program for both deployments: with `terraform_data`, and with `null_resource`. */
function program(props: Partial<ControlPlaneProps>): void {
  const ofNullResources: Program = (stack) => {
    const provider = new NullProvider(stack, "null");
    // The bindings require a newer version than can be built here.
    stack.addOverride("terraform.required_providers.null.version", VERSION);
    cluster({ ...props, provider })(stack);
  };
  builtIn.program(cluster(props));
  external.program(ofNullResources);
}

const both = <T>(action: (deployment: Deployment) => T): T[] =>
  [builtIn, external].map(action);

const FLAG = { apiServer: { extraArgs: { "audit-log-maxage": "30" } } };

test("every terraform_data is a null_resource instead", () => {
  program({});

  expect(Object.keys(builtIn.synthesized().resource ?? {})).toEqual([
    "terraform_data",
  ]);
  expect(Object.keys(external.synthesized().resource ?? {})).toEqual([
    "null_resource",
  ]);
  expect(JSON.stringify(external.synthesized().resource)).not.toContain(
    "terraform_data",
  );
});

const STEPS: [string, () => void][] = [
  ["at first", () => program({})],
  [
    "when a flag and the names of a certificate change",
    () => program({ ...FLAG, certSans: ["further.example.org"] }),
  ],
  [
    "when files are deleted",
    () =>
      both((deployment) => {
        deployment.remove(`${STORE}/kubeconfigs/admin.conf`);
        deployment.remove(
          `${STORE}/nodes/cp-1/root/etc/kubernetes/pki/etcd/peer.key`,
        );
      }),
  ],
  [
    "when the stamps are lost",
    () => both((each) => each.remove(`${STORE}/.stamps`)),
  ],
  ["when the state is lost", () => both((each) => each.forgetState())],
  [
    "when the CAs are signed again",
    () => program({ caCertificateValidity: Duration.days(5000) }),
  ],
];

test.each(STEPS)("both take the same actions %s", (_, change) => {
  change();

  const [one, other] = both((deployment) => deployment.apply());

  expect(other.changes).toEqual(one.changes);
  expect(one.changes).not.toEqual(NOTHING);
  expect([...other.lines].sort()).toEqual([...one.lines].sort());
  expect(external.files(STORE)).toEqual(builtIn.files(STORE));
  for (const deployment of [builtIn, external])
    expect(deployment.plan()).toMatchObject({ changes: NOTHING, warnings: [] });
});

test("both fail when a CA's files were changed", () => {
  const path = `${STORE}/pki/ca.crt`;
  const before = builtIn.read(path);
  both((deployment) =>
    deployment.write(path, `${deployment.read(path)}${before}`),
  );

  for (const { ok, errors } of both((deployment) => deployment.tryPlan())) {
    expect(ok).toBe(false);
    expect(errors.join()).toMatch(
      /ca\.crt, .* differs from the hash in Terraform's state/,
    );
  }
  both((deployment) =>
    deployment.write(path, deployment.read(path).slice(0, -before.length)),
  );
});

test("both fail when a key is lost, and can still be destroyed", () => {
  both((deployment) => deployment.remove(`${STORE}/pki/ca.key`));

  const [one, other] = both((deployment) => deployment.tryPlan());

  expect(one.ok).toBe(false);
  expect(other.errors).toEqual(one.errors);
  for (const { ok } of both((deployment) => deployment.destroy()))
    expect(ok).toBe(true);
  expect(external.files(`${STORE}/nodes`)).toEqual([]);
});
