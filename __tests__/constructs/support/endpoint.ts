import {
  type ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  type VirtualIpProps,
} from "../../../lib";
import { cluster } from "../../support/cluster";
import { artefactsOf } from "../../support/synthesized";

export const VIRTUAL_IP = "10.0.0.100";
export const virtualIp = (props: Partial<VirtualIpProps> = {}) =>
  Endpoint.virtualIp({ address: VIRTUAL_IP, ...props });

/** The specs of all files, by their paths in the store. */
export const filesOf = (
  props: Partial<ControlPlaneProps>,
  use?: (cluster: ControlPlane) => void,
): Map<string, string> =>
  new Map(
    [...artefactsOf(cluster(props, use)).values()].flatMap(({ files, spec }) =>
      files.map((path): [string, string] => [path, spec]),
    ),
  );

export const worker = { name: "worker-1", address: "10.0.0.21" };
export const addWorker = (cluster: ControlPlane) =>
  void cluster.addWorkers("pool", { nodes: [worker] });
export const at = (node: string, path: string) => `nodes/${node}/root${path}`;
