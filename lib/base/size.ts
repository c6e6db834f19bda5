const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes for people: `1.9 GiB`, `210 MiB`, `0 B`. */
export function sizeInWords(bytes: number): string {
  const exponent = Math.min(
    bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10),
    UNITS.length - 1,
  );
  const value = bytes / 1024 ** exponent;
  const digits = value < 10 ? 10 : 1;
  return `${Math.round(value * digits) / digits} ${UNITS[exponent]}`;
}

/** `41 %`; `0 %` of nothing. */
export const percent = (part: number, whole: number): string =>
  `${whole > 0 ? Math.round((100 * part) / whole) : 0} %`;
