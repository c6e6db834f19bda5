import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import {
  TerraformProvider,
  TerraformResource,
  type TerraformStack,
} from "cdktf";
import {
  CertificateAuthority,
  type EphemeralCredentials,
  KeyAlgorithm,
  Kubeconfig,
  KubeconfigUser,
  type ProviderCredentials,
  Store,
} from "../../lib";
import { parseKubeconfig } from "../../lib/agent/cluster/kubeconfig";
import { sha256 } from "../../lib/base/files";
import { LOGIN_PROVIDER, loginProvider } from "../support/login-provider";
import { partsOf, textsIn } from "../support/leaks";
import { VERSION } from "../support/provider";
import { TERRAFORM_NAME } from "../support/requirements";
import { Deployment, type Program } from "../support/terraform";

/** Whether this Terraform has ephemeral values: Terraform since 1.10, OpenTofu since 1.11. */
const HAS_EPHEMERAL = ((): boolean => {
  const json = execFileSync(TERRAFORM_NAME, ["version", "-json"]);
  const { terraform_version: version } = JSON.parse(String(json)) as {
    terraform_version: string;
  };
  const [major, minor] = version.split(".").map(Number);
  const isTofu = execFileSync(TERRAFORM_NAME, ["version"]).includes("OpenTofu");
  return major > 1 || minor >= (isTofu ? 11 : 10);
})();

type Credentials = ProviderCredentials | EphemeralCredentials;
type Values = Readonly<Record<string, string>>;

let deployment: Deployment;
beforeAll(() => {
  deployment = new Deployment({
    TF_CLI_CONFIG_FILE: loginProvider(),
    TF_LOG: "trace",
  });
  deployment.program(programs((helm, apps) => helm.credentials(apps)));
  deployment.apply("cluster");
});
afterAll(() => deployment.dispose());

/** A cluster's CA and a kubeconfig in one stack, and a provider in another. */
function programs(
  credentialsOf: (helm: Kubeconfig, apps: TerraformStack) => Credentials,
  more: (credentials: Credentials) => Values = () => ({}),
): Record<string, Program> {
  let helm: Kubeconfig;
  return {
    cluster: (stack) => {
      const store = new Store(stack, "store", { directory: "clusters/prod" });
      const keyAlgorithm = KeyAlgorithm.ECDSA_P256;
      helm = new Kubeconfig(stack, "helm", {
        certificateAuthority: new CertificateAuthority(stack, "ca", {
          store,
          commonName: "kubernetes",
          keyAlgorithm,
        }),
        server: "https://api.example.org:6443",
        user: KubeconfigUser.certificate({ commonName: "helm" }),
        keyAlgorithm,
      });
    },
    apps: (stack) => {
      const credentials = credentialsOf(helm, stack);
      new LoginProvider(stack, credentials);
      const session = new TerraformResource(stack, "session", {
        terraformResourceType: "login_session",
      });
      for (const [name, value] of Object.entries(more(credentials)))
        session.addOverride(name, value);
    },
  };
}

class LoginProvider extends TerraformProvider {
  constructor(
    stack: TerraformStack,
    private readonly credentials: Credentials,
  ) {
    super(stack, "login", {
      terraformResourceType: "login",
      terraformGeneratorMetadata: {
        providerName: "login",
        providerVersion: VERSION,
      },
      terraformProviderSource: LOGIN_PROVIDER,
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return inSnakeCase(this.credentials) as Record<string, unknown>;
  }
}

function inSnakeCase(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      inSnakeCase(each),
    ]),
  );
}

const made = () =>
  parseKubeconfig(
    deployment.read("clusters/prod/kubeconfigs/helm.conf"),
    "helm.conf",
  );

/** The attributes of the session in the state. */
const session = () => {
  const { resources } = JSON.parse(deployment.state("apps")) as {
    resources: { type: string; instances: { attributes: object }[] }[];
  };
  return resources.find(({ type }) => type === "login_session")?.instances[0]
    .attributes;
};

/** Plans into a file and applies it. Returns everything that was written, and Terraform's most detailed log. */
function planAndApply(): string {
  deployment.terraform("apps", "plan", "-input=false", "-out=plan");
  const json = deployment.terraform("apps", "show", "-json", "plan");
  const plan = textsIn(readFileSync(`${deployment.folder("apps")}/plan`));
  expect(plan).toContain("login_session");
  const { ok, text } = deployment.tryApply("apps", "plan");
  expect(ok).toBe(true);
  const states = ["apps", "cluster"].map((name) => deployment.state(name));
  return [json, plan, text, ...states].join("\n");
}

/** The session has the key, and nothing that was written has a part of it. */
function expectKeyOnlyInSession(written: string): void {
  const { ca, client } = made();
  expect(session()).toMatchObject({
    host: "https://api.example.org:6443",
    ca,
    key_sha256: sha256(client.key),
  });
  expect(partsOf(client.key).filter((part) => written.includes(part))).toEqual(
    [],
  );
}

test("with a command, the provider has the key, and neither plan, state nor log", () => {
  deployment.program(programs((helm, apps) => helm.credentials(apps)));
  expectKeyOnlyInSession(planAndApply());
});

describe("with ephemeral values", () => {
  const ephemeral = (more?: (credentials: Credentials) => Values) =>
    deployment.program(
      programs((helm, apps) => helm.ephemeralCredentials(apps), more),
    );

  test("the provider has the key, and neither plan, state nor log", () => {
    ephemeral(() => ({ note: "another session" }));
    if (HAS_EPHEMERAL) return expectKeyOnlyInSession(planAndApply());
    expect(deployment.tryPlan("apps").errors.join()).toContain("ephemeral");
  });

  test("fails when the key is put into a resource", () => {
    ephemeral((credentials) => ({
      note: `${(credentials as EphemeralCredentials).clientKey}`,
    }));
    const { ok, errors } = deployment.tryPlan("apps");
    expect(ok).toBe(false);
    expect(errors.join()).toMatch(/ephemeral/i);
  });
});
