import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment, NOTHING, replaced } from "../support/terraform";
import { BINARIES, program as binary, run } from "./api-server";
import { makeOld } from "./local-access/old-token";
import { PORT, program, proxied, STORE } from "./local-access/program";
import { removeAtTheEnd } from "./machines";
import { until } from "./say";
import { step } from "./steps";

const home = mkdtempSync(join(tmpdir(), "home-"));
removeAtTheEnd(home);
const deployment = new Deployment({
  HOME: home,
  PATH: `${BINARIES}:${process.env.PATH}`,
});
afterAll(() => {
  deployment.tryApply(undefined, "-destroy");
  deployment.dispose();
});

const store = (file: string) => deployment.path(STORE, file);
const text = (file: string) => readFileSync(store(file), "utf8");

const CONFIG = join(home, ".kube/config");
const THEIRS = `# mine
apiVersion: v1
kind: Config
contexts:
- name: theirs
  context: {cluster: theirs, user: me} # elsewhere
clusters: []
users: null
`;
mkdirSync(join(home, ".kube"));
writeFileSync(CONFIG, THEIRS, { mode: 0o600 });

const kubectl = (...args: string[]) => run(binary("kubectl"), args);
const as = (context: string, ...args: string[]) =>
  kubectl("--kubeconfig", CONFIG, "--context", context, ...args);
const mayI = async (context: string, ...words: string[]) => {
  const answer = await as(context, "auth", "can-i", ...words).catch(
    (error: Error) => error.message,
  );
  return answer.trim();
};

const CLI = join(__dirname, "../../dist/control-plane.cjs");
const check = () =>
  run(process.execPath, [CLI, "check", deployment.path(STORE)]).catch(
    (error: Error) => error.message,
  );

describe("access to an API server on this machine", () => {
  step("fails with the name of a missing namespace", async () => {
    const { ok, errors, lines } = deployment
      .program(program({ namespaceThere: false }))
      .tryApply();
    expect(ok).toBe(false);
    expect([...errors, ...lines].join("\n")).toMatch(
      /in objects\/users.yaml, is for the namespace team, which does not exist in the cluster.\n.*addManifests/,
    );
  });

  step("is set up in one apply, and then the plan is empty", async () => {
    deployment.program(program()).apply();
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  step(
    "works with the contexts of one file, each with only its own permissions",
    async () => {
      const names = await kubectl(
        "config",
        "get-contexts",
        "-o",
        "name",
        "--kubeconfig",
        CONFIG,
      );
      expect(names.trim().split("\n").sort()).toEqual(
        ["admin", "ci", "jane", "reader", "theirs"].sort(),
      );
      await as("admin", "create", "configmap", "one", "--namespace", "default");
      await until("what edit and view may do put together", 60, async () => {
        const may = await Promise.all([
          mayI("ci", "create", "configmaps"),
          mayI("jane", "get", "configmaps"),
        ]);
        return may.every((answer) => answer === "yes");
      });
      // Without an explicit namespace, kubectl uses the context's.
      await as("ci", "create", "configmap", "two");
      for (const context of ["jane", "ci", "reader"]) {
        expect(await as(context, "get", "configmap", "two")).toContain("two");
        await expect(
          as(context, "get", "configmaps", "--namespace", "default"),
        ).rejects.toThrow("Forbidden");
        expect(await mayI(context, "get", "nodes")).toContain("no");
      }
      expect(await mayI("ci", "delete", "pods")).toBe("yes");
      expect(await mayI("jane", "delete", "pods")).toContain("no");
      expect(await mayI("reader", "list", "configmaps")).toContain("no");
      expect(await as("ci", "auth", "whoami")).toContain(
        "system:serviceaccount:team:ci",
      );
    },
  );

  step("works with the files of the token and the CA, too", async () => {
    const answer = await run("curl", [
      "--silent",
      "--show-error",
      "--fail",
      "--cacert",
      store("pki/ca.crt"),
      "--header",
      `Authorization: Bearer ${text("tokens/ci.token")}`,
      `https://127.0.0.1:${PORT}/api/v1/namespaces/team/configmaps`,
    ]);
    expect(JSON.parse(answer)).toMatchObject({ kind: "ConfigMapList" });
    expect(deployment.mode(`${STORE}/tokens/ci.token`)).toBe("600");
    expect(deployment.mode(`${STORE}/kubeconfigs/ci.conf`)).toBe("600");
  });

  step(
    "works through a proxy without credentials, except for requests that it rejects",
    async () => {
      expect(await proxied("/api/v1/namespaces")).toBe("200");
      expect(await proxied("/openapi/v2")).toBe("200");
      expect(await proxied("/api/v1/pods")).toBe("403");
      const exec = "/api/v1/namespaces/team/pods/one/exec?command=id";
      expect(await proxied(exec)).toBe("403");
      const post = ["--request", "POST", "--data", "{}"];
      expect(await proxied("/api/v1/namespaces", ...post)).toBe("403");
      const rebound = ["--header", "Host: evil.example"];
      expect(await proxied("/api/v1/namespaces", ...rebound)).toBe("403");
    },
  );

  step(
    "works through a unix socket that only its owner can use, with a token's permissions",
    async () => {
      const socket = ["--unix-socket", deployment.path("run/api.sock")];
      const within = "/api/v1/namespaces/team/configmaps";
      const local = ["--header", "Host: localhost"];
      const status = (path: string) => proxied(path, ...socket, ...local);
      expect(await status(`${within}/two`)).toBe("200");
      expect(await status(within)).toBe("403");
      expect(statSync(deployment.path("run/api.sock")).mode & 0o077).toBe(0);
    },
  );

  step(
    "is checked: a proxy that ended and a token that is no longer accepted are planned and repaired",
    async () => {
      expect(await check()).toMatch(/^All \d nodes are as they should be\.$/m);
      const { pid } = JSON.parse(text("processes/kubectl-proxy-web.json")) as {
        pid: number;
      };
      process.kill(pid, "SIGKILL");
      await as(
        "admin",
        "delete",
        "serviceaccount",
        "ci",
        "--namespace",
        "team",
      );
      const found = await check();
      expect(found).toMatch(
        /x proxies\/web .*kubectl-proxy-web is not running/,
      );
      expect(found).toMatch(/x tokens\/ci .*no longer accepted by the cluster/);
      expect(deployment.plan().changes.replaced).toEqual(
        expect.arrayContaining(["proxies/web.yaml", "tokens/ci.token"]),
      );
      // The library does not restore the deleted account, so the test creates it again.
      await as(
        "admin",
        "create",
        "serviceaccount",
        "ci",
        "--namespace",
        "team",
      );
      deployment.apply();
      expect(await proxied("/api/v1/namespaces")).toBe("200");
      expect(await as("ci", "get", "configmaps")).toContain("two");
      expect(await check()).toMatch(/^All \d nodes are as they should be\.$/m);
      expect(deployment.plan().changes).toEqual(NOTHING);
    },
  );

  step(
    "works through a proxy that is restarted with other filters",
    async () => {
      deployment.program(program({ rejectPaths: ["^/api/v1/nodes"] }));
      expect(deployment.plan().changes).toEqual(
        replaced("proxies/web.yaml", "batch proxies/web.yaml"),
      );
      deployment.apply();
      expect(await proxied("/api/v1/pods")).toBe("200");
      expect(await proxied("/api/v1/nodes")).toBe("403");
      expect(deployment.plan().changes).toEqual(NOTHING);
    },
  );

  step("leaves no token in plan, state or output", async () => {
    const tokens = ["ci", "reader"].map((name) => text(`tokens/${name}.token`));
    const stamp = `${STORE}/.stamps/tokens/ci.token.json`;
    const before = deployment.read(stamp);
    deployment.remove(stamp);
    const places = [
      JSON.stringify(deployment.synthesized()),
      JSON.stringify(deployment.planJson()),
      deployment.state(),
      deployment.apply().text,
    ];
    expect(deployment.read(stamp)).not.toBe(before);
    expect(text("tokens/ci.token") === tokens[0]).toBe(true);
    for (const place of places)
      for (const token of tokens) expect(place.includes(token)).toBe(false);
  });

  step("has its token renewed before expiry, in every file", async () => {
    makeOld(store);
    const old = text("tokens/ci.token");
    // The old token is still valid.
    expect(
      await kubectl("--kubeconfig", store("kubeconfigs/ci.conf"), "get", "cm"),
    ).toContain("two");
    expect(deployment.plan().changes).toEqual(
      replaced(
        "tokens/ci.token",
        "batch tokens",
        "kubeconfigs/all.conf",
        "batch kubeconfigs/all.conf",
        // The proxy uses that token, so its batch runs again to check for a new one.
        "batch proxies/socket.yaml",
      ),
    );
    deployment.apply();
    expect(text("tokens/ci.token") === old).toBe(false);
    expect(readFileSync(CONFIG, "utf8")).toContain(text("tokens/ci.token"));
    expect(await as("ci", "get", "configmaps")).toContain("two");
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  step(
    "is removed when it leaves the program, one part after another",
    async () => {
      deployment.program(program({ afterwards: false })).apply();
      await expect(proxied("/api")).rejects.toThrow();
      expect(readFileSync(CONFIG, "utf8")).toBe(THEIRS);
      const left = deployment
        .files(STORE)
        .filter((file) =>
          /^(\.stamps\/)?(tokens|proxies)\/|kubectl-proxy|all\./.test(file),
        );
      expect(left).toEqual([]);
      expect(existsSync(deployment.path("run/api.sock"))).toBe(false);
      expect(deployment.plan().changes).toEqual(NOTHING);
      deployment.program(program()).apply();
      expect(await proxied("/api/v1/namespaces")).toBe("200");
    },
  );

  step(
    "is removed from the user's kubeconfig on destroy, and nothing else is",
    async () => {
      deployment.destroy();
      expect(readFileSync(CONFIG, "utf8")).toBe(THEIRS);
      expect(
        deployment.files(STORE).filter((file) => /token|kubeconfig/.test(file)),
      ).toEqual([]);
    },
  );
});
