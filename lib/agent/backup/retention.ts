import { BACKUP_ENDING } from "../../request/backup";
import { timeIn, timeText } from "../../request/backup-time";

/** The name of a backup, which sorts by time: `prod-20261129T210501Z.backup`. @param before why it was made by itself */
export function backupName(
  clusterName: string,
  created: Date,
  before?: string,
): string {
  const reason = before === undefined ? "" : `-before-${before}`;
  return `${clusterName}-${timeText(created)}${reason}${BACKUP_ENDING}`;
}

/** How long backups are kept. Nothing is removed for a reason that is absent. */
export interface Retention {
  /** The newest that are kept. */
  readonly number?: number;
  /** Days after which they are removed. */
  readonly days?: number;
}

const NAME = /-(\d{8}T\d{6}Z)(-before-[\w.-]+)?\.backup$/;

/** When the backup of this name was made, in milliseconds since 1970; `undefined` if it is not one of this cluster's. */
export function backupTime(
  name: string,
  clusterName: string,
): number | undefined {
  const found = NAME.exec(name);
  return found && name.slice(0, found.index) === clusterName
    ? timeIn(found[1])
    : undefined;
}

/** Whether it was made by itself, before a step that cannot be taken back. */
export const isAutomatic = (name: string): boolean =>
  NAME.exec(name)?.[2] !== undefined;

/** Those of a cluster's backups of one kind that are removed. The newest always stays. */
export function outdatedBackups(
  names: readonly string[],
  clusterName: string,
  { number = Infinity, days = Infinity }: Retention,
  now: number,
): string[] {
  const dated = names.flatMap((name) => {
    const time = backupTime(name, clusterName);
    return time === undefined ? [] : [{ name, time }];
  });
  const newestFirst = dated.sort((a, b) => b.time - a.time);
  return newestFirst
    .filter(
      ({ time }, index) =>
        index > 0 && (index >= number || now - time > days * DAY),
    )
    .map(({ name }) => name);
}

const DAY = 24 * 60 * 60 * 1000;
