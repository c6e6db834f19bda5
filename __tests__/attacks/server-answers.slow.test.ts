import {
  createServer as createPlainServer,
  type RequestListener,
} from "node:http";
import { createServer as createTcpServer } from "node:net";
import { KubernetesApi } from "../../lib/agent/cluster/api";
import { EtcdClient } from "../../lib/agent/cluster/etcd";
import { thisMachine } from "../../lib/agent/hosts/local";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import { AgentError } from "../../lib/base/errors";
import { LIMITS } from "../../lib/base/limits";
import { toYaml } from "../../lib/render/yaml";
import { errorOf, GET, LONG, portOf, Servers } from "./support/servers";

const servers = Servers.inEachTest();
const { read, listen, tlsServer, client } = servers;

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
    servers.add(server);
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
        servers.add(api);
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
