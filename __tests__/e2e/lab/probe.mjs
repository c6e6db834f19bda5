// Every 100 ms, checks whether the API servers are ready, writes through one that is, reads through another one, and
// prints a line of JSON for each round. Arguments: a kubeconfig with embedded credentials, addresses of servers.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { clearInterval, setInterval } from "node:timers";
import { load } from "js-yaml";

const [kubeconfig, ...servers] = process.argv.slice(2);
const { users, clusters } = load(readFileSync(kubeconfig, "utf8"));
const pem = (base64) => Buffer.from(base64, "base64");
const agent = new Agent({
  keepAlive: true,
  ca: pem(clusters[0].cluster["certificate-authority-data"]),
  cert: pem(users[0].user["client-certificate-data"]),
  key: pem(users[0].user["client-key-data"]),
});
const INTERVAL = 100;
/** Milliseconds, enough for a machine whose two cores start an API server at the same time. */
const TIMEOUT = 5000;
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

function ask(host, method, path, body) {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json" };
    const options = { host, port: 6443, method, path, agent, headers };
    const asked = request(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
      response.on("error", () => resolve(0));
    });
    asked.setTimeout(TIMEOUT, () => asked.destroy(new Error("too late")));
    asked.on("error", () => resolve(0));
    asked.end(body && JSON.stringify(body));
  });
}

async function round(number) {
  const at = Date.now();
  const codes = await Promise.all(
    servers.map((server) => ask(server, "GET", "/readyz")),
  );
  const ready = servers.filter((_, i) => codes[i] === 200);
  const name = `probe-${number}`;
  const metadata = { name, labels: { probe: "" } };
  const write = await tryEach(ready, (server) =>
    ask(server, "POST", CONFIG_MAPS, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
    }).then((code) => code === 201 || code === 409),
  );
  const read =
    write &&
    (await tryEach([...ready].reverse(), (server) =>
      ask(server, "GET", `${CONFIG_MAPS}/${name}`).then((code) => code === 200),
    ));
  console.log(JSON.stringify({ at, name, ready: ready.length, write, read }));
}

/** Tries the next server if one has just gone, like a load balancer. */
async function tryEach(all, action) {
  for (const server of all) if (await action(server)) return true;
  return false;
}

let number = 0;
const timer = setInterval(() => void round(number++), INTERVAL);
process.stdin.on("end", () => clearInterval(timer)).resume();
