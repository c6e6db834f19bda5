/** The number of bytes that are read of a program. */
export const HEADER = 20;

/**
 * The ELF numbers of the machines for which Kubernetes is built, with the names that `uname -m` prints.
 * @see https://man7.org/linux/man-pages/man5/elf.5.html
 */
const MACHINES: Readonly<Record<number, string>> = {
  3: "i686",
  21: "ppc64le",
  22: "s390x",
  40: "arm",
  62: "x86_64",
  183: "aarch64",
  243: "riscv64",
};

/** The machine for which a program is built, as `uname -m` names it; `undefined` if the file is not a program. */
export function machineOf(header: Buffer): string | undefined {
  if (!header.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1")))
    return undefined;
  const isLittle = header[5] === 1;
  const number =
    header.length < HEADER
      ? 0
      : isLittle
        ? header.readUInt16LE(18)
        : header.readUInt16BE(18);
  return MACHINES[number] ?? `ELF machine ${number}`;
}

export const isScript = (header: Buffer): boolean =>
  header.subarray(0, 2).toString("latin1") === "#!";

/** Whether a host runs programs for a machine. The names may differ: an `armv7l` runs programs for `arm`. */
export const runsOn = (machine: string, architecture: string): boolean =>
  machine === architecture ||
  (machine === "arm" && architecture.startsWith("arm")) ||
  (machine === "i686" && /^i\d86$/.test(architecture));
