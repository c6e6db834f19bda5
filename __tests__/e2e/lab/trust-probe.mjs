// Every 100 ms, each client asks each API server over a new connection. Prints a line of JSON for each refusal: a
// certificate that is not trusted, or a client that is not authenticated. A server that restarts is no refusal. Ends with
// a line that says how many requests each client made. Arguments: for each client its name and kubeconfig, which is read
// in each round, as `name=path`; then `--` and the addresses of servers.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { clearInterval, setInterval } from "node:timers";
import { load } from "js-yaml";

const given = process.argv.slice(2);
const at = given.indexOf("--");
const clients = given.slice(0, at).map((each) => each.split("="));
const servers = given.slice(at + 1);
const INTERVAL = 100;
const TIMEOUT = 5000;
/** The codes of connections that end because a server starts or stops. */
const RESTARTING =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT|EAI_|HPE_)|socket hang up|too late/;
const pem = (base64) => base64 && Buffer.from(base64, "base64");
const answered = Object.fromEntries(clients.map(([name]) => [name, 0]));

/** How a client reaches an API server; `undefined` while its kubeconfig is being replaced. */
function optionsOf(kubeconfig) {
  try {
    const { users, clusters } = load(readFileSync(kubeconfig, "utf8"));
    const { user } = users[0];
    return {
      ca: pem(clusters[0].cluster["certificate-authority-data"]),
      cert: pem(user["client-certificate-data"]),
      key: pem(user["client-key-data"]),
      ...(user.token && { headers: { authorization: `Bearer ${user.token}` } }),
    };
  } catch {
    return undefined;
  }
}

function ask(name, kubeconfig, host) {
  return new Promise((resolve) => {
    const own = optionsOf(kubeconfig);
    if (!own) return resolve();
    const refused = (reason) => {
      console.log(JSON.stringify({ at: Date.now(), name, host, reason }));
      resolve();
    };
    // Every user may review what it is allowed to do.
    const path = "/apis/authorization.k8s.io/v1";
    const asked = request(
      { host, port: 6443, path, agent: false, ...own },
      (response) => {
        response.resume();
        response.on("error", () => resolve());
        response.on("end", () => {
          if (response.statusCode === 401) return refused("401");
          answered[name]++;
          resolve();
        });
      },
    );
    asked.setTimeout(TIMEOUT, () => asked.destroy(new Error("too late")));
    asked.on("error", ({ code = "", message }) =>
      RESTARTING.test(code) || RESTARTING.test(message)
        ? resolve()
        : refused(`${code} ${message}`),
    );
    asked.end();
  });
}

let running = 0;
const timer = setInterval(() => {
  // A machine that is busy starting servers must not be flooded as well.
  if (running > 2) return;
  running++;
  const all = clients.flatMap(([name, path]) =>
    servers.map((server) => ask(name, path, server)),
  );
  void Promise.all(all).then(() => running--);
}, INTERVAL);
process.stdin
  .on("end", () => {
    clearInterval(timer);
    console.log(JSON.stringify({ answered }));
  })
  .resume();
