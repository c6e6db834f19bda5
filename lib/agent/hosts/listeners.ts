/** A port on which a host accepts TCP connections. */
export interface Listener {
  readonly port: number;
  /** The process that listens; absent if it is unknown. */
  readonly process?: {
    readonly pid: number;
    readonly name: string;
    /** Whether the process cannot be a component of this cluster, whatever its name is. */
    readonly foreign?: true;
  };
}

/**
 * The listeners of a host, one for each port, even if several addresses and processes share the port.
 *
 * @param listening one line `<port in hexadecimal> <inode>` for each socket
 * @param owners one line `<inode> <pid> <name>` for each process that has a socket open, with `<pid>!` if it is foreign
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
