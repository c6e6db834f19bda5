import {
  type ControlPlaneProps,
  NodeAccess,
  Runtime,
  type SystemdProps,
} from "../../../lib";
import { cluster, host } from "../../support/cluster";
import { resourcesOf } from "../../support/rollouts";
import type { Program } from "../../support/terraform";

const worker = {
  name: "w-1",
  address: "10.0.0.21",
  access: NodeAccess.ssh({ host: "10.0.0.21" }),
};

/** A cluster whose components are units, with a pool of one worker. */
export const program = (
  runtime: SystemdProps = {},
  props: Partial<ControlPlaneProps> = {},
): Program =>
  cluster(
    { runtime: Runtime.systemd(runtime), nodes: [host(1)], ...props },
    (controlPlane) => controlPlane.addWorkers("pool", { nodes: [worker] }),
  );

/** Mode and owner of each file in a node tree. */
export const filesOf = (of: Program, name: string): Record<string, string> =>
  Object.fromEntries(
    resourcesOf(of)
      .flatMap(({ triggers }) => triggers.files?.split("\n") ?? [])
      .flatMap((line) => {
        const [path, ...rest] = line.split(" ");
        const root = `nodes/${name}/root`;
        return path.startsWith(root)
          ? [[path.slice(root.length), rest.join(" ")]]
          : [];
      }),
  );
