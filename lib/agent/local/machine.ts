import type { RunningComponent } from "../../render/node-request";
import { Server, type Tls } from "../cluster/https";
import { LocalConnection } from "../hosts/local";
import type { Host } from "../hosts/host";

/** This machine, as the user who deploys: for what has no need of root. */
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

/** Milliseconds that a process may take to say whether it is well. */
const PATIENCE = 2000;

/** Whether what answers at an address of this machine says that it is well. */
export async function isServing(
  name: string,
  { scheme, host, port, path }: NonNullable<RunningComponent["health"]>,
  client?: Tls["client"],
): Promise<boolean> {
  const server = new Server({
    title: name,
    host: thisMachine(name),
    address: host,
    port,
    // Some have certificates that they made for themselves, and the address is this machine's own.
    ...(scheme === "https" && { tls: { client } }),
  });
  try {
    await server.request({ method: "GET", path, timeout: PATIENCE });
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
