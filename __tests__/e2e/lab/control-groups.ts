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

/** One of the hierarchies that version 1 of control groups has. */
interface Hierarchy {
  /** Where this machine has it. */
  readonly path: string;
  /** Of its folder, wherever it is mounted. */
  readonly name: string;
  /** That it is mounted with. */
  readonly options: string;
}

/** Those of this machine. */
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

/** The lines of a shell script that put it into a new control group of each hierarchy. */
export function joined(group: string): string[] {
  return CONTROL_GROUPS.map(({ path, name }) => {
    let directory = path;
    for (const part of group.split("/")) {
      const parent = directory;
      directory = join(directory, part);
      mkdirSync(directory, { recursive: true });
      // A set without any processor takes no process.
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

/** Removes what those who ended left in a control group, and it. */
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
