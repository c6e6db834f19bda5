import { LocalConnection } from "./local";
import type { Host } from "./host";

/** This machine as a host, used as the user who deploys, without root. */
export function thisMachine(name: string): Host {
  const connection = new LocalConnection({ node: name, host: "this machine" });
  return {
    name,
    run: (script, { args = [], ...options } = {}) =>
      connection.execute(["sh", "-c", script, "sh", ...args], options),
    reach: (host, port) => connection.reach(host, port),
    close: () => connection.close(),
  };
}
