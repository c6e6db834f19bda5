import { lines } from "../../base/errors";

export const restoreNeedsAll = (nodes: readonly string[]) =>
  lines(
    `${nodes.join(", ")}: not reached, and a restore replaces the data of all etcd members at once.`,
    "Nothing was changed. Start these machines, or remove these nodes from the program, then deploy again.",
  );

export const restoreWhileLeaving = (nodes: readonly string[]) =>
  lines(
    `${nodes.join(", ")}: leaving the cluster, which cannot happen in the same deploy as a restore: the old data would still be served there.`,
    "Nothing was changed. Remove the nodes in a deploy of its own, before the restore or after it.",
  );
