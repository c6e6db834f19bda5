const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `12.4 MiB`, for people. */
export function shownSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[unit]}`;
}
