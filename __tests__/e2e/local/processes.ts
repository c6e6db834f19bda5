import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

export const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
};

export const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });

/** The processes of a store. */
export const processesOf = (folder: string): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(
          `CONTROL_PLANE_PROCESS=${folder}`,
        );
      } catch {
        return false;
      }
    });

export const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The process has just ended.
  }
};

/** A process and its descendants, except those in separate sessions, which are meant to outlive it. */
export async function agentsBelow(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) =>
    /^\d+$/.test(each),
  )) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const environment = readFileSync(`/proc/${name}/environ`, "utf8");
      if (environment.includes("CONTROL_PLANE_PROCESS=")) continue;
      parents.set(Number(name), Number(stat.split(") ")[1].split(" ")[1]));
    } catch {
      // The process has just ended.
    }
  }
  const found = [root];
  for (const pid of found)
    for (const [child, parent] of parents)
      if (parent === pid && !found.includes(child)) found.push(child);
  return found;
}
