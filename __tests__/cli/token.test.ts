import { createPublicKey, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { token } from "../../lib/cli/commands/token";
import { RecordedOutput } from "./support/recorded-output";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import {
  EMBEDDED_CLIENT_CERTIFICATE,
  kubeconfig as rendered,
} from "../../lib/render/kubeconfig";
import { toYaml } from "../../lib/render/yaml";
import {
  authority,
  certificateSpec,
  kubeconfig,
  referring,
} from "../agent/support/artefacts";
import { Workplace } from "../agent/support/workplace";
import { Project } from "./support/project";

const place = new Workplace();
const project = new Project("", place.root);
afterAll(() => project.end());

const config = (credentials: Readonly<Record<string, unknown>>) =>
  rendered({
    clusterName: "demo",
    server: "https://10.0.0.1:6443",
    authority: "/ca.crt",
    user: "jane",
    credentials,
  });

/** A kubeconfig with a certificate of a year that was made at this time. */
const madeAt = (file: string, now: Date) =>
  place.batch(
    [
      authority(),
      kubeconfig("", {
        files: `${file} 0600`,
        ...referring({
          clientCertificate: certificateSpec({
            names: undefined,
            usages: ["clientAuth"],
          }),
          config: config(EMBEDDED_CLIENT_CERTIFICATE),
        }),
      }),
    ],
    { now, batch: file },
  );

const JANE = "clusters/demo/kubeconfigs/jane.conf";
const asked = (apiVersion: string) => ({
  KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: "ExecCredential" }),
});

function written(name: string, content: unknown): string {
  const path = join(place.root, name);
  writeFileSync(path, typeof content === "string" ? content : toYaml(content));
  return path;
}

/** The token of a service account that ends at this time. */
const jwt = (end: Date): string =>
  ["{}", JSON.stringify({ sub: "s", exp: end.getTime() / 1000 }), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

const TWO_YEARS = 2 * 365 * 86_400_000;

beforeAll(async () => {
  await madeAt("kubeconfigs/old.conf", new Date(Date.now() - TWO_YEARS));
  await madeAt("kubeconfigs/jane.conf", new Date());
});

test("prints the certificate and the key of a kubeconfig as an ExecCredential", async () => {
  const { exitCode, stdout, stderr } = await project.run(`token ${JANE}`);
  expect([exitCode, stderr]).toEqual([0, ""]);
  const { apiVersion, kind, status } = JSON.parse(stdout);
  expect([apiVersion, kind]).toEqual([
    "client.authentication.k8s.io/v1",
    "ExecCredential",
  ]);
  const certificate = new X509Certificate(status.clientCertificateData);
  const key = createPublicKey(status.clientKeyData);
  expect(key.equals(certificate.publicKey)).toBe(true);
  expect(new Date(status.expirationTimestamp)).toEqual(
    new Date(certificate.validTo),
  );
});

test("prints a token, with its end", async () => {
  const end = new Date("2999-01-01T00:00:00Z");
  const path = written("token.conf", config({ token: jwt(end) }));
  const { stdout } = await project.run(`token ${path}`);
  expect(JSON.parse(stdout).status).toEqual({
    token: jwt(end),
    expirationTimestamp: "2999-01-01T00:00:00.000Z",
  });
});

test("prints a token that has no end", async () => {
  const path = written("endless.conf", config({ token: "opaque" }));
  const { stdout } = await project.run(`token ${path}`);
  expect(JSON.parse(stdout).status).toEqual({ token: "opaque" });
});

test("answers in the version in which it is asked", async () => {
  const version = "client.authentication.k8s.io/v1beta1";
  const { stdout } = await project.run(`token ${JANE}`, asked(version));
  expect(JSON.parse(stdout).apiVersion).toBe(version);
});

test.each<[string, () => string, number, string | RegExp, NodeJS.ProcessEnv?]>([
  [
    "no kubeconfig",
    () => "",
    2,
    "Write: cdktf-control-plane token <kubeconfig>",
  ],
  ["two", () => "a b", 2, "token was called wrongly."],
  [
    "a file that is missing",
    () => "none.conf",
    1,
    "There is no file none.conf.",
  ],
  [
    "a client of another version",
    () => JANE,
    1,
    "client.authentication.k8s.io/v1alpha1",
    asked("client.authentication.k8s.io/v1alpha1"),
  ],
  [
    "a kubeconfig without a credential",
    () => written("exec.conf", config({ exec: { command: "other" } })),
    2,
    "client-certificate-data is missing",
  ],
  [
    "a certificate that is none",
    () =>
      written(
        "broken.conf",
        config({
          "client-certificate-data": "bm9uZQ==",
          "client-key-data": "bm9uZQ==",
        }),
      ),
    2,
    "client-certificate-data is not a certificate",
  ],
  [
    "a text that is not YAML",
    () => written("text.conf", "{"),
    2,
    "not plain YAML",
  ],
  [
    "a token that has expired",
    () => written("old.conf", config({ token: jwt(new Date("2020-01-01")) })),
    1,
    /expired at 2020-01-01T00:00:00.000Z\.\nDeploy the stack/,
  ],
])(
  "fails with %s, and prints nothing to standard output",
  async (_, args, expected, message, environment = {}) => {
    const outcome = await project.run(`token ${args()}`, environment);
    expect(outcome).toMatchObject({
      exitCode: expected,
      stdout: "",
      stderr: expect.stringMatching(message),
    });
    expect(outcome.stderr).not.toContain("    at ");
  },
);

test("fails with a certificate that has expired", async () => {
  const { exitCode, stdout, stderr } = await project.run(
    "token clusters/demo/kubeconfigs/old.conf",
  );
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/old\.conf expired at \S+Z\.\nDeploy the stack/);
});

test("fails in a terminal, where the key would stay to be read", () => {
  const { isTTY } = process.stdout;
  process.stdout.isTTY = true;
  try {
    const output = new RecordedOutput();
    expect(() =>
      token(join(place.root, JANE), {
        clock: SYSTEM_CLOCK,
        environment: {},
        output,
      }),
    ).toThrow("it is not printed to a terminal");
    expect([...output.said, ...output.complaints]).toEqual([]);
  } finally {
    process.stdout.isTTY = isTTY;
  }
});
