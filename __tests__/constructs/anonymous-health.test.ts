import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Fn,
  type TerraformStack,
  TerraformStack as Stack,
  Testing,
  Token,
} from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  type NodeFile,
} from "../../lib";
import { clusterProps, node } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";

type Args = Record<string, string | string[]>;

const program =
  (props: Partial<ControlPlaneProps>) => (stack: TerraformStack) =>
    void new ControlPlane(stack, "cluster", clusterProps(props));

const probes = (props: Partial<ControlPlaneProps>) => {
  const path = "nodes/cp-1/root/etc/kubernetes/manifests/kube-apiserver.yaml";
  const [container] = yamlOf(artefactsOf(program(props)).get(path)!).spec
    .containers;
  const { livenessProbe, readinessProbe, startupProbe } = container;
  return { livenessProbe, readinessProbe, startupProbe };
};

const args = (extraArgs: Args) => ({ apiServer: { extraArgs } });

const PATH = "/etc/kubernetes/authentication.yaml";
const configured = (
  file: Omit<NodeFile, "path">,
): Partial<ControlPlaneProps> => ({
  ...args({ "authentication-config": PATH }),
  nodes: [node(1, { files: [{ path: PATH, ...file }] })],
});
const configuration = (anonymous: string) =>
  configured({
    text: `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n${anonymous}`,
  });

const REFUSING: [string, Partial<ControlPlaneProps>, string][] = [
  ...["false", "0", "False", "f", "F", "FALSE"].map(
    (value): [string, Partial<ControlPlaneProps>, string] => [
      `--anonymous-auth=${value}`,
      args({ "anonymous-auth": value }),
      `"anonymous-auth"] is "${value}"`,
    ],
  ),
  [
    "the last of several values",
    args({ "anonymous-auth": ["true", "0"] }),
    '"anonymous-auth"] is "0"',
  ],
  [
    "the mode AlwaysAllow, with which the API server resets the flag",
    args({
      "authorization-mode": "Node,AlwaysAllow",
      "anonymous-auth": "true",
    }),
    "has AlwaysAllow",
  ],
  [
    "the same mode among added values",
    { apiServer: { addArgs: { "authorization-mode": "AlwaysAllow" } } },
    "has AlwaysAllow",
  ],
  [
    "a configuration with anonymous off",
    configuration("anonymous:\n  enabled: false\n"),
    PATH,
  ],
  [
    "a configuration that allows other paths only",
    configuration(
      "anonymous:\n  enabled: true\n  conditions:\n  - path: /livez\n  - path: /healthz\n",
    ),
    PATH,
  ],
];

const ALLOWING: [string, Partial<ControlPlaneProps>][] = [
  ["no flag", {}],
  ["--anonymous-auth=T", args({ "anonymous-auth": "T" })],
  [
    "a value that is known only at apply",
    args({ "anonymous-auth": Token.asString(Fn.file("x")) }),
  ],
  ["a configuration without the field", configuration("jwt: []\n")],
  [
    "a configuration that allows the paths of health checks",
    configuration(
      "anonymous:\n  enabled: true\n  conditions:\n  - path: /livez\n  - path: /readyz\n",
    ),
  ],
  [
    "a configuration with anonymous on",
    configuration("anonymous:\n  enabled: true\n"),
  ],
  ["a configuration that is not YAML", configuration("anonymous: [")],
];

describe("probes of an API server that refuses anonymous requests", () => {
  test.each(REFUSING)("only open a connection, with %s", (_, props) => {
    const tcpSocket = { host: "10.0.0.11", port: "probe-port" };
    for (const probe of Object.values(probes(props))) {
      expect(probe).toMatchObject({ tcpSocket, timeoutSeconds: 15 });
      expect(probe).not.toHaveProperty("httpGet");
    }
  });

  test.each(ALLOWING)("ask for its health with %s", (_, props) => {
    const { livenessProbe, readinessProbe, startupProbe } = probes(props);
    expect(livenessProbe.httpGet.path).toBe("/livez");
    expect(readinessProbe.httpGet.path).toBe("/readyz");
    expect(startupProbe.httpGet.path).toBe("/livez");
  });

  test("read a configuration that is a file of this machine", () => {
    const folder = mkdtempSync(join(tmpdir(), "authentication-"));
    const source = join(folder, "authentication.yaml");
    writeFileSync(source, "anonymous: {enabled: false}\n");
    const { livenessProbe } = probes(configured({ source }));
    expect(livenessProbe).toHaveProperty("tcpSocket");
    rmSync(folder, { recursive: true });
  });

  test.each(REFUSING)(
    "are what the proxies of an endpoint need: %s",
    (_, props, part) =>
      expectHelpful(
        messageOf(() =>
          program({ ...props, endpoint: Endpoint.localProxy() })(
            new Stack(Testing.app(), "stack"),
          ),
        ),
        part,
        "anonymous.conditions",
      ),
  );
});
