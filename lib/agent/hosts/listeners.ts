/** A port on which a host accepts TCP connections. */
export interface Listener {
  readonly port: number;
  /** Whose it is; absent: unknown. */
  readonly process?: {
    readonly pid: number;
    readonly name: string;
    /** Whatever its name says, it is no component that was started for this machine. */
    readonly foreign?: true;
  };
}

/**
 * `listening` has a line `<port in hexadecimal> <inode>` per socket, `owners` a line `<inode> <pid> <name>` per
 * process that has one of them open; of a stranger `<pid>!`. A port has one row, however many addresses and processes share it.
 */
export function readListeners(listening: string, owners: string): Listener[] {
  const processes = new Map<string, Listener["process"]>();
  for (const line of owners.split("\n")) {
    const [, inode, pid, mark, name] =
      /^(\d+) (\d+)(!?) (.*)$/.exec(line) ?? [];
    if (inode !== undefined && !processes.has(inode))
      processes.set(inode, {
        pid: Number(pid),
        name,
        ...(mark === "!" && { foreign: true as const }),
      });
  }
  const found = new Map<number, Listener>();
  for (const line of listening.split("\n")) {
    const [, digits, inode] = /^([0-9A-F]+) (\d+)$/.exec(line) ?? [];
    if (digits === undefined) continue;
    const port = parseInt(digits, 16);
    const process = found.get(port)?.process ?? processes.get(inode);
    found.set(port, process ? { port, process } : { port });
  }
  return [...found.values()].sort((one, other) => one.port - other.port);
}
