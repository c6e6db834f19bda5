// Sends a request to an endpoint every 100 ms, each over a new connection, and prints a line of JSON for each response or
// failure. It requests data that API servers have in memory, so that etcd's state has no influence. Arguments: a kubeconfig
// with embedded credentials, an address, a port.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { clearInterval, setInterval } from "node:timers";
import { load } from "js-yaml";

const [kubeconfig, host, port] = process.argv.slice(2);
const { users, clusters } = load(readFileSync(kubeconfig, "utf8"));
const pem = (base64) => Buffer.from(base64, "base64");
const tls = {
  ca: pem(clusters[0].cluster["certificate-authority-data"]),
  cert: pem(users[0].user["client-certificate-data"]),
  key: pem(users[0].user["client-key-data"]),
};
const INTERVAL = 100;
/** Milliseconds after which a client would try again. */
const TIMEOUT = 2500;
const PATH = "/api/v1/namespaces/default/configmaps?resourceVersion=0";

function ask() {
  const at = Date.now();
  let told = false;
  const tell = (failure) => {
    if (told) return;
    told = true;
    const milliseconds = Date.now() - at;
    console.log(JSON.stringify({ at, milliseconds, failure }));
  };
  const options = { host, port, path: PATH, agent: false, ...tls };
  const asked = request(options, (response) => {
    response.on("error", ({ message }) => tell(message));
    const { statusCode } = response;
    response.on("end", () =>
      tell(statusCode === 200 ? undefined : `status ${statusCode}`),
    );
    response.resume();
  });
  const limit = setTimeout(() => asked.destroy(new Error("late")), TIMEOUT);
  asked.on("close", () => clearTimeout(limit));
  asked.on("error", ({ message }) => tell(message));
  asked.end();
}

const timer = setInterval(ask, INTERVAL);
process.stdin.on("end", () => clearInterval(timer)).resume();
