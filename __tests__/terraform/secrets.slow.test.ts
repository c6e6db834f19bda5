import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Kubeconfig } from "../../lib/constructs/pki/kubeconfig";
import { KubeconfigUser } from "../../lib/constructs/pki/kubeconfig-user";
import { requestIn } from "../../lib/request/environment";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment } from "../support/terraform";
import { TERRAFORM_NAME } from "../support/requirements";

const deployment = new Deployment({ TF_LOG: "trace" });
afterAll(() => deployment.dispose());

const TOKEN = "token-of-a-person-9c1f";

/** The texts that might reveal a secret: Terraform's input, output and logs, and the arguments of every process. */
const places = new Map<string, string>();

beforeAll(async () => {
  deployment.write("token", `${TOKEN}\n`);
  deployment.write("encryption.yaml", `secret: ${TOKEN}\n`);
  deployment.program(
    cluster(
      {
        nodes: [
          node(1, {
            files: [
              {
                path: "/etc/kubernetes/encryption.yaml",
                source: "encryption.yaml",
              },
            ],
          }),
        ],
      },
      (controlPlane) => {
        controlPlane.addUser("jane");
        new Kubeconfig(controlPlane, "robot", {
          certificateAuthority: controlPlane.certificateAuthority,
          server: controlPlane.endpoint,
          user: KubeconfigUser.token({ source: "token" }),
        });
      },
    ),
  );
  const { argv, environment, output } = await applyWatched();
  places.set("the arguments of processes", argv);
  places.set("the environment of processes", environment);
  places.set("the log of the apply", output);
  places.set("the synthesized JSON", JSON.stringify(deployment.synthesized()));
  places.set("the state", deployment.state());
  deployment.remove(`${STORE}/kubeconfigs/jane.conf`);
  places.set("the plan", JSON.stringify(deployment.planJson()));
  places.set("the log of a plan", deployment.tryPlan().text);
});

/** Applies with a trace log, and collects the arguments and environments of all processes that Terraform starts. */
async function applyWatched() {
  const argv = new Set<string>();
  const environment = new Set<string>();
  const terraform = spawn(
    TERRAFORM_NAME,
    ["apply", "-auto-approve", "-input=false"],
    { ...deployment.options(), detached: true },
  );
  let output = "";
  terraform.stdout?.on("data", (data) => (output += data));
  terraform.stderr?.on("data", (data) => (output += data));
  const ended = new Promise<number | null>((resolve) =>
    terraform.on("close", resolve),
  );
  const watch = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const [, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (Number(group) !== terraform.pid) continue;
        argv.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        environment.add(readFileSync(`/proc/${pid}/environ`, "utf8"));
      } catch {
        // The process has ended in the meantime.
      }
  }, 5);
  const status = await ended;
  clearInterval(watch);
  if (status !== 0) throw new Error(output);
  return {
    argv: [...argv].join("\n"),
    environment: [...environment].map(readable).join("\n"),
    output,
  };
}

/** The environment of a process, with its request decompressed as the agent reads it. */
function readable(environment: string): string {
  const variables = environment.split("\0").map((each) => {
    const [name, ...value] = each.split("=");
    return [name, value.join("=")];
  });
  return `${environment}\n${requestIn(Object.fromEntries(variables))}`;
}

const text = (path: string) => deployment.read(`${STORE}/${path}`);
const files = () => deployment.files(STORE);

/** One base64 line of each private key, and whole tokens. */
function secrets(): string[] {
  const keys = files()
    .filter((path) => path.endsWith(".key"))
    .map((path) => text(path));
  const embedded = files()
    .filter((path) => path.endsWith(".conf"))
    .flatMap((path) => [...text(path).matchAll(/client-key-data: (\S+)/g)])
    .flatMap(([, base64]) => [
      base64.slice(40, 100),
      Buffer.from(base64, "base64").toString(),
    ]);
  const pems = [...keys, ...embedded].map((pem) =>
    pem.startsWith("-----BEGIN") ? pem.split("\n")[1] : pem,
  );
  return [TOKEN, ...pems];
}

test("there are secrets to look for", () => {
  expect(secrets().length).toBeGreaterThan(20);
  expect(secrets().every((secret) => secret.length > 15)).toBe(true);
  expect(text("kubeconfigs/robot.conf")).toContain(TOKEN);
  expect(places.get("the arguments of processes")).toContain("agent.cjs");
  expect(places.get("the environment of processes")).toContain(
    '"action":"batch"',
  );
  expect(places.get("the log of the apply")).toContain("[TRACE]");
});

test.each([
  "the synthesized JSON",
  "the plan",
  "the log of a plan",
  "the state",
  "the log of the apply",
  "the arguments of processes",
  "the environment of processes",
])("no secret is in %s", (place) => {
  const found = secrets().filter((secret) =>
    places.get(place)?.includes(secret),
  );

  expect(found).toEqual([]);
  expect(places.get(place)).not.toContain("PRIVATE KEY");
});

/** The distinct modes of the files whose names have one of these endings. */
const modesOf = (...ends: readonly string[]): string[] => [
  ...new Set(
    files()
      .filter((path) => ends.some((end) => path.endsWith(end)))
      .map((path) => deployment.mode(`${STORE}/${path}`)),
  ),
];

test("other users cannot read private files", () => {
  expect(deployment.mode(STORE)).toBe("700");
  expect(modesOf(".key")).toEqual(["600"]);
  expect(modesOf(".conf")).toEqual(["600"]);
});

test("other users can read public files", () => {
  expect(modesOf(".crt")).toEqual(["644"]);
});
