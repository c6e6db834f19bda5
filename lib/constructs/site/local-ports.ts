import type { Construct, IConstruct } from "constructs";
import { isPort } from "../hosts";
import { invalidPort } from "../errors";
import { portInUse } from "./local-errors";

const claims = new WeakMap<IConstruct, Map<number, string>>();

/**
 * Claims ports of this machine for a local control plane. Throws if another one of the program, in any stack, has
 * claimed one of them.
 * @param ports The ports by prop, such as `etcd.clientPort`.
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
