import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { until } from "../say";

/** A hierarchy of control groups of version 1. */
interface Hierarchy {
  /** Its path on this machine. */
  readonly path: string;
  /** The name of its folder. */
  readonly name: string;
  /** Its mount options. */
  readonly options: string;
}

/** The hierarchies of this machine. */
export const CONTROL_GROUPS = hierarchies("/proc/self/mountinfo");

function hierarchies(mounts: string): Hierarchy[] {
  const lines = existsSync(mounts) ? readFileSync(mounts, "utf8") : "";
  return lines.split("\n").flatMap((line) => {
    const [mount, [type, , options]] = line
      .split(" - ")
      .concat("")
      .map((half) => half.split(" "));
    if (type !== "cgroup") return [];
    const path = mount[4];
    const own = options.split(",").filter((o) => o !== "rw" && o !== "ro");
    const named = own.some((option) => option.startsWith("name="));
    return {
      path,
      name: basename(path),
      options: [...(named ? ["none"] : []), ...own].join(),
    };
  });
}

/** The lines with which a shell script puts itself into a new control group of each hierarchy. */
export function joined(group: string): string[] {
  return CONTROL_GROUPS.map(({ path, name }) => {
    let directory = path;
    for (const part of group.split("/")) {
      const parent = directory;
      directory = join(directory, part);
      mkdirSync(directory, { recursive: true });
      // A cpuset without processors accepts no process.
      if (name.split(",").includes("cpuset"))
        for (const file of ["cpuset.cpus", "cpuset.mems"])
          writeFileSync(
            join(directory, file),
            readFileSync(join(parent, file), "utf8"),
          );
    }
    return `echo $$ > ${directory}/cgroup.procs`;
  });
}

/** Removes a control group, and the groups that ended processes left in it. */
export async function removeControlGroup(group: string): Promise<void> {
  for (const { path } of CONTROL_GROUPS)
    await until(`${join(path, group)} without processes`, 20, () => {
      remove(join(path, group));
      return Promise.resolve(true);
    });
}

function remove(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) remove(join(directory, entry.name));
  rmdirSync(directory);
}
