import { manifestPath } from "../../render/static-pod";
import {
  dataNotClosed,
  dataNotGiven,
  podsStillRun,
  unitsNotStopped,
} from "./errors-units";
import type { Host } from "../hosts/host";
import CLOSE_FOLDER from "../hosts/scripts/close-folder.sh";
import END_PODS from "../hosts/scripts/end-pods.sh";
import GIVE_DATA from "../hosts/scripts/give-data.sh";
import STOP_COMPONENTS from "../hosts/scripts/stop-components.sh";
import type { ComponentRequest } from "../../request/request";
import { problemOf } from "./systemd";
import { type NodeUnit, userOf } from "./units";

/** Stops components, whose files the next delivery brings again. */
export async function stopComponents(
  host: Host,
  components: readonly ComponentRequest[],
  units: readonly NodeUnit[],
): Promise<void> {
  await end(
    host,
    components.flatMap(({ name, manifest }) =>
      manifest === undefined ? [] : [{ name, manifest }],
    ),
  );
  const stopped = components.flatMap(({ name }) =>
    units.filter(({ component }) => component.name === name),
  );
  if (stopped.length === 0) return;
  const problem = await problemOf(
    host,
    STOP_COMPONENTS,
    stopped.flatMap(({ name, stamp }) => [name, stamp]),
  );
  const names = stopped.map(({ name }) => name);
  if (problem !== undefined) throw unitsNotStopped(host.name, names, problem);
}

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
  await end(host, pods);
}

async function end(
  host: Host,
  pods: readonly { readonly name: string; readonly manifest: string }[],
): Promise<void> {
  if (pods.length === 0) return;
  const problem = await problemOf(
    host,
    END_PODS,
    pods.flatMap(({ name, manifest }) => [name.slice(0, 15), manifest]),
  );
  const names = pods.map(({ name }) => name);
  if (problem !== undefined) throw podsStillRun(host.name, names, problem);
}

/** Closes the folder of etcd's data to everybody but root before kubelet starts a pod there, as kubeadm does. */
export async function closeEtcdData(
  host: Host,
  dataDir: string,
): Promise<void> {
  const problem = await problemOf(host, CLOSE_FOLDER, [dataDir]);
  if (problem !== undefined) throw dataNotClosed(host.name, dataDir, problem);
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
