import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBatch } from "../../lib/agent/make/batch";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { inspect } from "../../lib/cli/report/inspect";
import { readClaims } from "../../lib/pki/token-claims";
import type { Inventory } from "../../lib/store/inventory";
import { Store } from "../../lib/store/store";
import { nodeRequest } from "../agent/support/rollout";
import { cluster, STORE } from "../support/cluster";
import { Deployment } from "../support/terraform";
import { agedToken } from "./aged-token";
import { ApiServer } from "./api-server";
import { removeAtTheEnd } from "./machines";
import { step } from "./steps";
import { type Asked, CONF, TOKEN, tokenRequest } from "./tokens/request";
import { KUBERNETES } from "./binaries";

/** Of this machine while the tests run: an API server advertises no loopback address. */
const ADDRESS = "10.77.77.11";
const onLoopback = (verb: string) =>
  execFileSync("ip", ["address", verb, `${ADDRESS}/32`, "dev", "lo"]);
const deployment = new Deployment();
const scratch = mkdtempSync(join(tmpdir(), "tokens-"));
removeAtTheEnd(scratch);
const server = new ApiServer(
  deployment.path(STORE, "nodes/cp-1/root"),
  ADDRESS,
  scratch,
);
// One that a killed run left is taken over.
beforeAll(() => void onLoopback("replace"));
afterAll(async () => {
  await server.end();
  onLoopback("del");
  deployment.dispose();
});
const ADMIN = deployment.path(
  STORE,
  "nodes/cp-1/root/etc/kubernetes/super-admin.conf",
);
const kubectl = (...args: string[]) => server.kubectl(ADMIN, ...args);

const NOW = new Date();
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const path = (file: string) => deployment.path(STORE, file);
const text = (file: string) => readFileSync(path(file), "utf8");

/** Runs the batch that Terraform would request, in this process, with the test's clock. */
async function make(asked: Asked = {}, now = NOW): Promise<string> {
  const said: string[] = [];
  const store = new Store(deployment.path(STORE));
  await runBatch(
    {
      action: "batch",
      store: "",
      stack: "stack",
      title: "tokens",
      batch: "tokens",
      artefacts: [tokenRequest(asked, `https://${ADDRESS}:6443`)],
    },
    {
      store,
      agent: "test-1",
      now,
      clock: SYSTEM_CLOCK,
      say: (line) => said.push(line),
    },
  );
  return said.join("\n");
}

describe("a service account token", () => {
  step("cannot be made if the cluster cannot be reached", async () => {
    deployment
      .program(
        cluster({
          kubernetesVersion: KUBERNETES.text,
          endpoint: undefined,
          nodes: [{ name: "cp-1", address: ADDRESS }],
        }),
      )
      .apply();
    await expect(make()).rejects.toThrow("no control-plane node");
    // The inventory as a rollout would have left it.
    const inventory = JSON.parse(text("inventory.json")) as Inventory;
    const node = {
      ...nodeRequest("cp-1", ADDRESS),
      access: { kind: "local", sudo: false },
      components: [{ name: "kube-apiserver", ports: [6443], timeout: 60 }],
    };
    writeFileSync(
      path("inventory.json"),
      JSON.stringify({ ...inventory, nodes: { "cp-1": node } }),
    );
    await server.start();
  });

  step("fails with the name of a missing namespace or account", async () => {
    await expect(make()).rejects.toThrow(
      /^There is no namespace team in the cluster/,
    );
    await kubectl("create", "namespace", "team");
    await expect(make()).rejects.toThrow(
      /^There is no service account ci in the namespace team.*\n.*create: false/,
    );
    expect(() => text(TOKEN)).toThrow("ENOENT");
  });

  step("is written with its expiry into a file and a kubeconfig", async () => {
    await kubectl("create", "serviceaccount", "ci", "--namespace", "team");
    expect(await make()).toBe("tokens: 2 files made");
    const claims = readClaims(text(TOKEN))!;
    expect(claims.subject).toBe("system:serviceaccount:team:ci");
    expect(claims.notAfter!.getTime() - claims.notBefore.getTime()).toBe(
      3_600_000,
    );
    const stamp = JSON.parse(text(`.stamps/${TOKEN}.json`)) as object;
    expect(stamp).toMatchObject({
      notAfter: claims.notAfter!.toISOString().replace(".000", ""),
      renewable: new Date(claims.notBefore.getTime() + 2_400_000)
        .toISOString()
        .replace(".000", ""),
    });
    const { stores } = JSON.parse(
      inspect([deployment.path(STORE)], { json: true }).text,
    ) as { stores: { tokens: object[] }[] };
    expect(stores[0].tokens).toEqual([
      expect.objectContaining({
        subject: "system:serviceaccount:team:ci",
        state: "fine",
        files: [TOKEN, CONF],
      }),
    ]);
    const later = inspect([deployment.path(STORE)], {
      json: false,
      now: minutes(45),
    });
    expect(later.exitCode).toBe(1);
    expect(later.text).toMatch(
      /^! .* by the next deploy +token +token of ci \(tokens\/ci\.token\)/m,
    );
    const who = await server.kubectl(path(CONF), "auth", "whoami");
    expect(who).toContain("system:serviceaccount:team:ci");
  });

  const kept = async (asked?: Asked, now?: Date) => {
    const before = text(TOKEN);
    await make(asked, now);
    return text(TOKEN) === before;
  };

  step("is kept until two thirds of its lifetime have passed", async () => {
    expect(await kept({}, minutes(39))).toBe(true);
    expect(await kept({}, minutes(41))).toBe(false);
  });

  step(
    "is made again if its lifetime changes, to a shorter or longer one",
    async () => {
      expect(await kept({ lifetime: "30m" })).toBe(false);
      expect(await kept({ lifetime: "2h" })).toBe(false);
      expect(await kept({ lifetime: "2h" })).toBe(true);
    },
  );

  step("has the audience of the program", async () => {
    expect(await kept({ audiences: ["vault"] })).toBe(false);
    expect(await kept({ audiences: ["vault"] })).toBe(true);
    expect(readClaims(text(TOKEN))!.audiences).toEqual(["vault"]);
    await expect(server.kubectl(path(CONF), "auth", "whoami")).rejects.toThrow(
      "logged in",
    );
    await make();
  });

  step(
    "is made again if its account was deleted and created again",
    async () => {
      expect(await kept()).toBe(true);
      await kubectl("delete", "serviceaccount", "ci", "--namespace", "team");
      await expect(make()).rejects.toThrow("no service account ci");
      await kubectl("create", "serviceaccount", "ci", "--namespace", "team");
      expect(await kept()).toBe(false);
    },
  );

  step("is made again if its signature is that of another key", async () => {
    const [head, body] = text(TOKEN).split(".");
    writeFileSync(path(TOKEN), `${head}.${body}.AAAA`);
    expect(await kept()).toBe(false);
    expect(await kept()).toBe(true);
  });

  step("that expires soon is renewed", async () => {
    writeFileSync(path(TOKEN), agedToken(text(TOKEN), text("pki/sa.key")));
    expect(await kept({}, new Date())).toBe(false);
  });

  step("that never expires is the token of its Secret", async () => {
    const secret = "ci-token";
    await kubectl(
      "create",
      "--namespace",
      "team",
      "-f",
      manifest({
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/service-account-token",
        metadata: {
          name: secret,
          annotations: { "kubernetes.io/service-account.name": "ci" },
        },
      }),
    );
    await make({ secret });
    expect(readClaims(text(TOKEN))!.notAfter).toBeUndefined();
    expect(await kept({ secret }, minutes(1e6))).toBe(true);
    expect(await server.kubectl(path(CONF), "auth", "whoami")).toContain(
      "system:serviceaccount:team:ci",
    );
  });

  step(
    "gets the lifetime that the API server allows, and is then kept",
    async () => {
      await server.end();
      await server.start("--service-account-max-token-expiration=1h");
      expect(await make({ lifetime: "24h" })).toContain(
        "the API servers limit the lifetime to 3600s instead of 24h",
      );
      expect(await kept({ lifetime: "24h" })).toBe(true);
      expect(await kept({ lifetime: "24h" }, minutes(50))).toBe(false);
    },
  );
});

function manifest(object: object): string {
  const file = join(scratch, "manifest.json");
  writeFileSync(file, JSON.stringify(object));
  return file;
}
