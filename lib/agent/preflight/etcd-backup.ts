import { compact } from "../../base/compact";
import { CRICTL } from "../../catalog/etcd-backup";
import type { NodeRequest } from "../../request/request";
import type { BackupFacts } from "../hosts/backup-facts";
import type { Finding } from "./errors";
import * as found from "./errors-backup";

/** A node whose host may save etcd. */
export interface BackupCandidate {
  readonly request: NodeRequest;
  /** Absent if it does not save etcd, or cannot be reached. */
  readonly facts?: Pick<BackupFacts, "refused" | "program">;
}

/** What keeps hosts from saving etcd. A program with a path is examined with the other programs that units run. */
export const backupFindings = (
  candidates: readonly BackupCandidate[],
): Finding[] =>
  candidates.flatMap(({ request: { name: node, retire, backup }, facts }) =>
    backup === undefined || facts === undefined || retire
      ? []
      : compact(
          facts.refused !== undefined &&
            found.scheduleRefused(backup.schedule, facts.refused),
          backup.program === CRICTL && !facts.program && found.crictlMissing(),
        ).map((each) => ({ node, ...each })),
  );
