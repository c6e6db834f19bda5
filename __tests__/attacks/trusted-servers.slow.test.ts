import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { join } from "node:path";
import { TSX } from "../support/tsx";
import { GET, Servers } from "./support/servers";

const servers = Servers.inEachTest();
const { at, read, listen, tlsServer, client } = servers;

describe("the servers that the agent trusts", () => {
  /** The results of the agent and of Node's own client in a process with this environment. */
  const ask = (
    port: number,
    authority: string,
    environment: NodeJS.ProcessEnv,
  ): Promise<{ agent: string; node: unknown }> =>
    new Promise((resolve, reject) => {
      const script = join(__dirname, "support/ask.ts");
      const child = spawn(
        process.execPath,
        [...TSX, script, `${port}`, at(authority)],
        {
          env: { ...process.env, ...environment },
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      let text = "";
      child.stdout.on("data", (data: Buffer) => (text += data.toString()));
      child.once("close", () => {
        try {
          resolve(JSON.parse(text) as { agent: string; node: unknown });
        } catch (error) {
          reject(error as Error);
        }
      });
    });

  const UNTRUSTED = /^The API server of cp-1 is not trusted: /;

  test("do not include one with a foreign certificate, even if the environment turns verification off", async () => {
    for (const name of ["foreign", "elsewhere"]) {
      const { agent, node } = await ask(await tlsServer(name), "ours.crt", {
        NODE_TLS_REJECT_UNAUTHORIZED: "0",
        NODE_NO_WARNINGS: "1",
      });
      expect(node).toBe(200);
      expect(agent).toMatch(UNTRUSTED);
    }
  });

  test("do not include one whose CA only the environment adds", async () => {
    const { agent, node } = await ask(await tlsServer("foreign"), "ours.crt", {
      NODE_EXTRA_CA_CERTS: at("theirs.crt"),
    });
    expect(node).toBe(200);
    expect(agent).toMatch(UNTRUSTED);
  });

  test("do not include one whose CA only OpenSSL trusts, as told by the environment", async () => {
    const { agent, node } = await ask(await tlsServer("foreign"), "ours.crt", {
      NODE_OPTIONS: "--use-openssl-ca",
      SSL_CERT_FILE: at("theirs.crt"),
    });
    expect(node).toBe(200);
    expect(agent).toMatch(UNTRUSTED);
  });

  test.each([
    ["empty", ""],
    ["not a certificate", "not a certificate\n"],
    [
      "an invalid certificate",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ],
  ])(
    "do not include those that the system trusts if the store's CA file is %s",
    async (_, content) => {
      writeFileSync(at("broken.crt"), content);
      const { agent, node } = await ask(
        await tlsServer("foreign"),
        "broken.crt",
        { NODE_EXTRA_CA_CERTS: at("theirs.crt") },
      );
      expect(node).toBe(200);
      expect(agent).toMatch(UNTRUSTED);
    },
  );

  test("are not reached through a proxy of the environment", async () => {
    const asked = jest.fn();
    const proxy = createPlainServer(asked).on("connect", asked);
    const url = `http://127.0.0.1:${await listen(proxy)}`;
    const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"];
    const { agent } = await ask(await tlsServer("good"), "ours.crt", {
      ...Object.fromEntries(names.map((name) => [name, url])),
      NODE_USE_ENV_PROXY: "1",
    });
    expect(agent).toBe("served");
    // Newer versions of Node's own client ask it once.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(1);
  });

  test("include one with the right certificate", async () => {
    const port = await tlsServer("good");
    const trust = { ca: read("ours.crt"), name: "127.0.0.1" };
    expect(await client(port, { trust }).request(GET)).toBe("served");
  });
});
