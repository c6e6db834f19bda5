import { dataNotMovedAside } from "./errors";
import type { Host } from "../hosts/host";
import SET_ASIDE from "../hosts/scripts/set-aside.sh";
import { lastLines } from "../hosts/ssh-failure";
import { visibleLine } from "../../base/visible";
import type { NodeUnit } from "./units";

/** Stops etcd on a host and moves its data aside; returns their new path. */
export async function setAside(
  host: Host,
  dataDir: string,
  manifest: string | undefined,
  unit: NodeUnit | undefined,
): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(SET_ASIDE, {
    args: [dataDir, manifest ?? "", unit?.name ?? "", unit?.stamp ?? ""],
    timeout: 180_000,
  });
  if (exitCode !== 0) throw dataNotMovedAside(host.name, lastLines(stderr));
  return visibleLine(stdout.toString().trim());
}
