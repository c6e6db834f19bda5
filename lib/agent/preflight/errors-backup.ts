import { CRICTL } from "../../catalog/etcd-backup";
import { error } from "./errors";

/** Problems with the backups that hosts make of etcd. */

export const scheduleRefused = (schedule: string, said: string) =>
  error(
    `Its systemd does not take the schedule ${JSON.stringify(schedule)} of etcd's backups: ${said}`,
    'Allowed is what `systemd-analyze calendar` understands there. Write "daily" or "*-*-* 03:00:00" as etcd.backup.schedule, for example.',
  );

export const crictlMissing = () =>
  error(
    `It has no ${CRICTL}, with which etcd in its container is saved.`,
    "Install the package cri-tools, in the machine's user data for example, or leave out etcd.backup.",
  );
