import type { Construct, IConstruct } from "constructs";
import { isPort } from "../hosts";
import { invalidPort } from "../errors";
import { portInUse } from "./local-errors";

const claims = new WeakMap<IConstruct, Map<number, string>>();

/**
 * Ports of this machine, of which each is one process's, in whatever stack of the program it is.
 * @param ports by what they are for: `etcd.clientPort`
 */
export function claimPorts(
  scope: Construct,
  ports: Readonly<Record<string, number>>,
): void {
  const { root, path } = scope.node;
  const known = claims.get(root) ?? new Map<number, string>();
  claims.set(root, known);
  for (const [prop, port] of Object.entries(ports)) {
    if (!isPort(port)) throw invalidPort(prop, port);
    const what = `${prop} of ${path}`;
    const other = known.get(port);
    if (other !== undefined) throw portInUse(port, what, other);
    known.set(port, what);
  }
}
