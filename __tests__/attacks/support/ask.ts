import { readFileSync } from "node:fs";
import { request } from "node:https";
import { Server } from "../../../lib/agent/cluster/https";
import { thisMachine } from "../../../lib/agent/hosts/local";

/**
 * `ask.ts <port> <CA file>`: prints the agent's result of a request to a server and, to prove that the manipulated
 * environment is effective, the result of Node's own client.
 */
async function ask(): Promise<void> {
  const [port, caFile] = process.argv.slice(2);
  const server = new Server({
    title: "The API server of cp-1",
    host: thisMachine("cp-1"),
    address: "127.0.0.1",
    port: Number(port),
    tls: {
      trust: { ca: readFileSync(caFile, "utf8"), name: "127.0.0.1" },
    },
  });
  const agent = await server
    .request({ method: "GET", path: "/" })
    .catch((error: Error) => error.message);
  const node = await new Promise((resolve) => {
    request({ host: "127.0.0.1", port }, (response) =>
      resolve(response.statusCode),
    )
      .on("error", (error) => resolve(error.message))
      .end();
  });
  server.close();
  console.log(JSON.stringify({ agent, node }));
  process.exit();
}

void ask();
