import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer as createPlainServer,
  type RequestListener,
  type Server as HttpServer,
} from "node:http";
import { createServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { KubernetesApi } from "../../lib/agent/cluster/api";
import { EtcdClient } from "../../lib/agent/cluster/etcd";
import { Server, type Tls } from "../../lib/agent/cluster/https";
import { AgentError } from "../../lib/base/errors";
import { LIMITS } from "../../lib/base/limits";
import { thisMachine } from "../../lib/agent/hosts/local";
import { toYaml } from "../../lib/render/yaml";
import { openssl } from "../agent/support/openssl";
import { TSX } from "../support/tsx";

const LONG = LIMITS.depth * 200;
const folder = mkdtempSync(join(tmpdir(), "servers-"));
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), "utf8");

function makeAuthority(name: string): void {
  const files = ["-keyout", at(`${name}.key`), "-out", at(`${name}.crt`)];
  openssl(
    "req",
    "-x509",
    "-nodes",
    "-newkey",
    "rsa:2048",
    ...files,
    "-subj",
    "/CN=kubernetes",
  );
}

function makeLeaf(name: string, authority: string, names: string): void {
  const files = ["-keyout", at(`${name}.key`), "-out", at(`${name}.crt`)];
  openssl(
    "req",
    "-x509",
    "-nodes",
    "-newkey",
    "rsa:2048",
    ...files,
    "-subj",
    `/CN=${name}`,
    "-addext",
    `subjectAltName=${names}`,
    "-addext",
    "basicConstraints=critical,CA:FALSE",
    "-CA",
    at(`${authority}.crt`),
    "-CAkey",
    at(`${authority}.key`),
  );
}

const servers: { close(): unknown }[] = [];

beforeAll(() => {
  makeAuthority("ours");
  makeAuthority("theirs");
  makeLeaf("good", "ours", "IP:127.0.0.1");
  makeLeaf("foreign", "theirs", "IP:127.0.0.1");
  makeLeaf("elsewhere", "ours", "IP:10.9.9.9");
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const portOf = (server: { address(): unknown }): number =>
  (server.address() as AddressInfo).port;

async function listen<T extends HttpServer>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({
    close: () => (server.closeAllConnections(), server.close()),
  });
  return portOf(server);
}

const tlsServer = (
  name: string,
  answer: RequestListener = (_, response) => response.end("served"),
): Promise<number> =>
  listen(
    createServer(
      { key: read(`${name}.key`), cert: read(`${name}.crt`) },
      answer,
    ),
  );

function client(port: number, tls?: Tls): Server {
  const server = new Server({
    title: "The API server of cp-1",
    host: thisMachine("cp-1"),
    address: "127.0.0.1",
    port,
    tls,
  });
  servers.push(server);
  return server;
}

const GET = { method: "GET", path: "/" } as const;

async function errorOf(promise: Promise<unknown>): Promise<AgentError> {
  const error = await promise.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AgentError);
  const { message } = error as AgentError;
  // eslint-disable-next-line no-control-regex
  expect(message).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  return error as AgentError;
}

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
    expect(asked).not.toHaveBeenCalled();
  });

  test("include one with the right certificate", async () => {
    const port = await tlsServer("good");
    const trust = { ca: read("ours.crt"), name: "127.0.0.1" };
    expect(await client(port, { trust }).request(GET)).toBe("served");
  });
});

describe("the answer of a server", () => {
  const answering = (answer: RequestListener): Promise<number> =>
    listen(createPlainServer(answer));
  const json = (body: string, status = 200): Promise<number> =>
    answering((_, response) =>
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(body),
    );

  test("is cut off if it never ends, early and with little memory", async () => {
    let sent = 0;
    const chunk = Buffer.alloc(1 << 20, "a");
    const port = await answering((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(chunk))
          sent += chunk.length;
        sent += chunk.length;
      };
      response.on("drain", more);
      more();
    });
    const request = { ...GET, limit: LIMITS.etcdAnswer };
    const { message } = await errorOf(client(port).request(request));
    expect(message).toMatch(
      /^The API server of cp-1 gave an unexpected answer to GET \/: it has more than 4 MiB\./,
    );
    // More than the limit may have been sent into buffers of the system.
    expect(sent).toBeLessThan(64 << 20);
  });

  test("is cut off if its headers never end", async () => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.write("HTTP/1.1 200 OK\r\nx: ");
      const more = (): void => {
        while (!socket.destroyed && socket.write("a".repeat(65536)));
      };
      socket.on("drain", more);
      more();
    });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    servers.push(server);
    const { message } = await errorOf(client(portOf(server)).request(GET));
    expect(message).toMatch(/^The API server of cp-1 does not answer: /);
  });

  test("is given up if the server is silent or sends a byte now and then", async () => {
    const port = await answering((request, response) => {
      if (request.url === "/slow") {
        const timer = setInterval(() => response.write("a"), 20);
        response.on("close", () => clearInterval(timer));
      }
    });
    for (const path of ["/silent", "/slow"]) {
      const request = { ...GET, path, timeout: 300 };
      const { message } = await errorOf(client(port).request(request));
      expect(message).toContain(
        "The API server of cp-1 does not answer: no answer within 0.3 s",
      );
    }
  });

  test.each([
    ["not JSON", "<html>\u001b[2J", "it is not JSON"],
    ["cut off", '{"items": [', "it is not JSON"],
    ["empty", "", "it is empty"],
    [
      "invalid UTF-8",
      Buffer.of(0x22, 0xff, 0xfe).toString("latin1"),
      "not JSON",
    ],
    ["endlessly deep", "[".repeat(LONG) + "]".repeat(LONG), "it nests deeper"],
    ["deep and open", '{"a":'.repeat(LONG), "it nests deeper"],
  ])("is refused if it is %s", async (_, body, reason) => {
    const { message } = await errorOf(client(await json(body)).request(GET));
    expect(message).toContain(
      "The API server of cp-1 gave an unexpected answer to GET /: ",
    );
    expect(message).toContain(reason);
  });

  const SHAPES = [
    "null",
    "[]",
    "5",
    '"text"',
    "true",
    "{}",
    '{"items":5,"metadata":7,"members":"a","header":[],"gitVersion":{},"resources":{"a":1}}',
    '{"items":[null],"members":[null],"resources":[null],"metadata":null}',
    '{"__proto__":{"items":[]},"constructor":{},"members":{"length":9}}',
    '{"items":[{"metadata":{"name":{"toString":5}}}],"members":[{"ID":1}]}',
  ];

  /** A kubeconfig as in the store. The agent takes the trusted CA from it. */
  const kubeconfig = (): string => {
    const base64 = (name: string) => Buffer.from(read(name)).toString("base64");
    return toYaml({
      "current-context": "a",
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      clusters: [
        {
          name: "a",
          cluster: { "certificate-authority-data": base64("ours.crt") },
        },
      ],
      users: [
        {
          name: "a",
          user: {
            "client-certificate-data": base64("good.crt"),
            "client-key-data": base64("good.key"),
          },
        },
      ],
    });
  };

  const RESOURCES = JSON.stringify({
    resources: [
      { name: "nodes", kind: "Node", namespaced: false },
      { name: "serviceaccounts", kind: "ServiceAccount", namespaced: true },
    ],
  });

  test.each(SHAPES)(
    "is refused with the server's name if an API server answers everything with %s",
    async (body) => {
      for (const discovers of [false, true]) {
        const port = await tlsServer("good", (request, response) => {
          const isDiscovery = discovers && request.url === "/api/v1";
          response
            .writeHead(200, { "content-type": "application/json" })
            .end(isDiscovery ? RESOURCES : body);
        });
        const api = new KubernetesApi({
          kubeconfig: kubeconfig(),
          path: "super-admin.conf",
          host: thisMachine("cp-1"),
          address: "127.0.0.1",
          port,
          clock: SYSTEM_CLOCK,
          patience: 0,
        });
        servers.push(api);
        const node = { apiVersion: "v1", kind: "Node" };
        const account = { namespace: "a", name: "b" };
        for (const ask of [
          () => api.version(),
          () => api.get({ ...node, name: "cp-1" }),
          () => api.serverSideApply({ ...node, metadata: { name: "cp-1" } }),
          () => api.mergePatch({ ...node, name: "cp-1" }, {}),
          () => api.serviceAccountToken(account, { expirationSeconds: 1 }),
        ]) {
          const outcome = await ask().catch((error: unknown) => error);
          // An object of an unknown kind counts as absent.
          if (outcome === undefined) continue;
          expect(outcome).toBeInstanceOf(AgentError);
          expect((outcome as Error).message).toMatch(
            /^The (API server of cp-1 (answers|gave)|cluster does not know)/,
          );
        }
        const list = await api.list(node).catch((error: unknown) => error);
        if (!Array.isArray(list)) expect(list).toBeInstanceOf(AgentError);
      }
    },
  );

  test.each(SHAPES)("is refused if etcd answers %s", async (body) => {
    const etcd = new EtcdClient(client(await json(body)), SYSTEM_CLOCK, 0);
    const empty = /^\{\}$|__proto__/.test(body);
    if (empty && !body.includes("members"))
      expect(await etcd.members()).toEqual([]);
    else await errorOf(etcd.members());
    await errorOf(etcd.status());
    await errorOf(etcd.addLearner("https://10.0.0.1:2380"));
    expect(typeof (await etcd.problem())).toBe("string");
  });

  test.each([
    ["of other types", '{"message":5,"reason":[],"details":"a"}'],
    ["of other details", '{"message":"no","details":{"causes":5,"kind":[]}}'],
    ["null", "null"],
    ["a list", "[]"],
    ["deep", "[".repeat(LONG)],
    ["not JSON", "not JSON"],
  ])(
    "is an error with its status if the body of a refusal is %s",
    async (_, body) => {
      const { message } = await errorOf(
        client(await json(body, 409)).request(GET),
      );
      expect(message).toMatch(
        /^The API server of cp-1 answers GET \/ with 409: /,
      );
    },
  );

  test("is refused at once if it switches to another protocol", async () => {
    const port = await listen(
      createPlainServer().on("connection", (socket) =>
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        ),
      ),
    );
    expect((await errorOf(client(port).request(GET))).message).toContain(
      "it switches to another protocol without being asked",
    );
  });

  test.each([301, 302, 307, 308])(
    "is an error if it is a redirect with %i, which is not followed",
    async (status) => {
      let asked = 0;
      const port = await listen(
        createPlainServer((_, response) => {
          asked++;
          response.writeHead(status, { location: "/elsewhere" }).end();
        }),
      );
      const error = await errorOf(client(port).request(GET));
      expect(error.message).toContain(`with ${status}`);
      expect(asked).toBe(1);
    },
  );

  test("cannot add lines to the error", async () => {
    const body = JSON.stringify({ message: "no\nError: \u001b[2Jgone" });
    const { message } = await errorOf(
      client(await json(body, 500)).request(GET),
    );
    expect(message.split("\n")[0]).toBe(
      "The API server of cp-1 answers GET / with 500: no\\nError: \\x1b[2Jgone.",
    );
  });
});
