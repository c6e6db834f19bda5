import { TerraformVariable } from "cdktf";
import { FLAG_OWNERS, warnPolicies } from "../../lib/catalog/flags/policies";
import {
  flagWarningsOf,
  warnOfFlags,
} from "../../lib/constructs/site/flag-warnings";
import type { FlagGroup } from "../../lib/constructs/site/flags";
import { cluster, clusterProps, node } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";

const deployments: Deployment[] = [];
afterAll(() => deployments.forEach((deployment) => deployment.dispose()));

function deploymentOf(...args: Parameters<Deployment["program"]>): Deployment {
  const deployment = new Deployment();
  deployments.push(deployment);
  return deployment.program(...args);
}

/** Values for the policies, alone and in lists. */
const VALUES: readonly (string | readonly string[])[] = [
  "",
  "true",
  "TRUE",
  "t",
  "1",
  "false",
  "F",
  "0",
  "0s",
  "10",
  "10255",
  " true ",
  "AlwaysAllow",
  "Node, RBAC",
  "Node,RBAC,AlwaysAllow",
  ["Node,RBAC", "ABAC"],
  ["true", "false"],
  "NodeRestriction",
  "noderestriction",
  "PodSecurity , AlwaysAdmit",
  "VersionTLS10",
  "TLS_RSA_WITH_AES_128_GCM_SHA256",
  "/healthz,/metrics",
  "*,bootstrapsigner,tokencleaner",
  "http://a:2379",
  ".*",
  "/etc/kubernetes/pki/ca.crt",
  'a "quoted" ${value} with \\ and\nlines',
];

const DEFAULTS = {
  "authorization-mode": "Node,RBAC",
  "enable-admission-plugins": "NodeRestriction",
  controllers: "*,bootstrapsigner,tokencleaner",
  "feature-gates": "InitialCorruptCheck=true",
  "client-ca-file": "/etc/kubernetes/pki/ca.crt",
  "cert-file": "/etc/kubernetes/pki/etcd/server.crt",
};

const groupOf = (
  component: FlagGroup["component"],
  flag: string,
  value: FlagGroup["given"][string],
  at: number,
): FlagGroup => ({
  component,
  prop: `value ${at}`,
  given: { [flag]: value },
  defaults: DEFAULTS,
  effective: { ...DEFAULTS, [flag]: value },
});

/** Each flag with the values that cause a warning, and two that do not. A flag of several components appears once. */
const CASES = FLAG_OWNERS.flatMap((component) =>
  warnPolicies(component).map(({ flag }) => ({ component, flag })),
)
  .filter(
    ({ flag }, i, all) => all.findIndex((each) => each.flag === flag) === i,
  )
  .flatMap(({ component, flag }) => {
    const all = VALUES.map((value, at) => ({
      component,
      flag,
      at,
      warnings: flagWarningsOf([groupOf(component, flag, value, at)]).warnings,
    }));
    const harmless = all.filter(({ warnings }) => warnings.length === 0);
    return [
      ...all.filter((each) => !harmless.includes(each)),
      ...harmless.slice(-2),
    ];
  });

test("Terraform warns about values known only in a plan exactly as synthesis warns about literals", () => {
  const withoutValue = (text: string) =>
    text.replace(/=[\s\S]* weakens/, " weakens");
  const wanted = CASES.flatMap(({ warnings }) => warnings.map(withoutValue));
  expect(new Set(wanted).size).toBeGreaterThan(50);

  const deployment = deploymentOf((stack) => {
    const tokens = VALUES.map((value, at) => {
      const parts = [value].flat().map((part, i) => {
        const variable = new TerraformVariable(stack, `value-${at}-${i}`, {
          default: part.replaceAll("${", "$${"),
        });
        return variable.stringValue;
      });
      return typeof value === "string" ? parts[0] : parts;
    });
    warnOfFlags(
      stack,
      CASES.map(({ component, flag, at }) =>
        groupOf(component, flag, tokens[at], at),
      ),
    );
  });
  const { warnings } = deployment.plan();
  const found = warnings.map((text) => text.split("\n").slice(1).join(" "));
  expect(found.map((text) => text.trim()).sort()).toEqual([...wanted].sort());
});

test("a plan warns about a value known only then, not about a harmless one, and changes nothing", () => {
  const program =
    (mode: string) => (stack: Parameters<ReturnType<typeof cluster>>[0]) => {
      const variable = new TerraformVariable(stack, "mode", { default: mode });
      cluster({
        ...clusterProps(),
        apiServer: {
          extraArgs: {
            "authorization-mode": variable.stringValue,
          },
        },
        nodes: [node(1, { kubeletExtraArgs: { "read-only-port": "0" } })],
      })(stack);
    };
  const deployment = deploymentOf(program("Node,RBAC"));
  expect(deployment.apply().warnings).toEqual([]);
  deployment.program(program("Node,RBAC,AlwaysAllow"));
  const { warnings } = deployment.apply();
  expect(warnings).toEqual([
    expect.stringMatching(
      /apiServer: kube-apiserver --authorization-mode weakens the cluster: anyone with a credential may do everything/,
    ),
  ]);
  const again = deployment.plan();
  expect(again.changes).toEqual(NOTHING);
  expect(again.warnings).toEqual(warnings);
});

test("values known only at apply, and sensitive values, cause no error, and are not shown", () => {
  const deployment = deploymentOf((stack) => {
    const secret = new TerraformVariable(stack, "secret", {
      default: "AlwaysAllow",
      sensitive: true,
    });
    cluster({
      kubelet: { extraArgs: { "authorization-mode": secret.stringValue } },
    })(stack);
  });
  const { ok, warnings, text } = deployment.tryApply();
  expect(ok).toBe(true);
  expect(warnings.join("\n")).toMatch(/kubelet --authorization-mode weakens/);
  expect(text).not.toContain("=AlwaysAllow");
});
