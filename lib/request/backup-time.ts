/** The time in the name of a backup: `20261129T210501Z`. It sorts as the times do. */
export const timeText = (time: Date): string =>
  time.toISOString().replace(/[-:]|\.\d+/g, "");

const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** The milliseconds since 1970 of such a time; `undefined` for any other text. */
export function timeIn(text: string): number | undefined {
  const found = TIME.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
