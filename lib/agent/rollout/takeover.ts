import { manifestPath } from "../../render/static-pod";
import { dataNotGiven, podsStillRun } from "./errors-units";
import type { Host } from "../hosts/host";
import END_PODS from "../hosts/scripts/end-pods.sh";
import GIVE_DATA from "../hosts/scripts/give-data.sh";
import type { ComponentRequest } from "../../request/request";
import { problemOf } from "./systemd";
import { type NodeUnit, userOf } from "./units";

/**
 * Ends the static pods of components that become units, before the units need their ports.
 * @param removed what goes from the host
 */
export async function endPods(
  host: Host,
  components: readonly ComponentRequest[],
  removed: readonly string[],
): Promise<void> {
  const pods = components.flatMap(({ name, unit }) => {
    const manifest = manifestPath({ id: name });
    return unit && removed.includes(manifest) ? [{ name, manifest }] : [];
  });
  if (pods.length === 0) return;
  const problem = await problemOf(
    host,
    END_PODS,
    pods.flatMap(({ name, manifest }) => [name.slice(0, 15), manifest]),
  );
  const names = pods.map(({ name }) => name);
  if (problem !== undefined) throw podsStillRun(host.name, names, problem);
}

/** Gives etcd's data to the user that runs etcd from now on. */
export async function giveEtcdData(
  host: Host,
  dataDir: string,
  unit: NodeUnit,
): Promise<void> {
  const user = userOf(unit);
  const problem = await problemOf(host, GIVE_DATA, [dataDir, user, unit.name]);
  if (problem !== undefined)
    throw dataNotGiven(host.name, dataDir, user, problem);
}
