import type { HostFile } from "../hosts/host";
import { binaryFiles } from "../../base/counted";
import { files } from "../../base/counted";
import type {
  BinaryRequest,
  ComponentRequest,
  NodeRequest,
} from "../../request/request";
import type { NodeChanges } from "./changes";
import type { Comparison } from "./comparison";
import { KUBELET_CERTIFICATE, KUBELET_KUBECONFIG } from "./present";
import { type Start, startsOf, touchedBy } from "./starts";
import { startOf } from "./units";

export interface BringOptions {
  /** What is not brought yet: neither started nor given what would start it. */
  readonly without?: readonly ComponentRequest[];
  /** Absent: where it runs with other files than it is to have. */
  readonly startsKubelet?: boolean;
  /** Files that go, beside those that are not listed any more. */
  readonly removed?: readonly string[];
}

/** What a node is brought at once, and what that starts. */
export interface NodeDelivery {
  readonly changed: readonly HostFile[];
  /** What is no longer wanted. */
  readonly removed: readonly string[];
  readonly binaries: readonly BinaryRequest[];
  /** All that goes from the host, `removed` and what is made there anew. */
  readonly gone: readonly string[];
  /** All that is ours there afterwards. */
  readonly listed: readonly string[];
  readonly starts: readonly Start[];
  /** Components that are others afterwards, by name. */
  readonly replaced: ReadonlySet<string>;
}

/** Decides from what the host has and is to have; nothing is done yet. */
export function deliveryOf({
  request,
  comparison,
  unhealthy,
  options,
}: {
  readonly request: NodeRequest;
  readonly comparison: Comparison;
  readonly unhealthy: readonly ComponentRequest[];
  readonly options: BringOptions;
}): NodeDelivery {
  const { without = [], startsKubelet } = options;
  const { binaries, listed, differences } = comparison;
  const unwanted = (options.removed ?? []).filter((path) =>
    comparison.has(path),
  );
  const removed = [...differences.removed, ...unwanted];
  const held = new Set(without.map(startOf));
  const changed = differences.changed.filter(({ path }) => !held.has(path));
  const present = request.components.filter((each) => !without.includes(each));
  const starts = startsOf(comparison.unitsOf(present), comparison, {
    files: changed,
    binaries,
    unhealthy,
    startsKubelet,
  });
  const renewsKubelet =
    changed.some(({ path }) => path === KUBELET_KUBECONFIG) &&
    comparison.renewsCredentials;
  const touched = comparison
    .unitsOf(request.components)
    .filter((unit) => touchedBy(unit, { files: changed, binaries }));
  const otherPods = present.filter(({ manifest }) =>
    changed.some(
      (file) => file.path === manifest && comparison.isAnother(file),
    ),
  );
  const restarted = starts.filter(({ verb }) => verb === "restart");
  return {
    changed,
    removed,
    binaries,
    listed,
    starts,
    gone: [
      ...removed,
      // Else kubelet would go on with what it renewed before.
      ...(renewsKubelet ? [KUBELET_CERTIFICATE] : []),
      // Killed before it is started, the next run starts it.
      ...touched.map(({ stamp }) => stamp),
    ],
    replaced: new Set([
      ...otherPods.map(({ name }) => name),
      ...restarted.map(({ unit }) => unit.component.name),
    ]),
  };
}

/** `3 files delivered, 6 binaries brought` */
export const broughtText = ({
  changed,
  removed,
  binaries,
}: NodeDelivery): string =>
  [
    ...(changed.length > 0 ? [`${files(changed.length)} delivered`] : []),
    ...(removed.length > 0 ? [`${files(removed.length)} removed`] : []),
    ...(binaries.length > 0 ? [`${binaryFiles(binaries.length)} brought`] : []),
  ].join(", ");

/** What a node lacks, and what bringing it would start anew. */
export function changesOf(delivery: NodeDelivery): NodeChanges {
  const { changed, removed, binaries, starts, replaced } = delivery;
  return {
    files: changed.map(({ path }) => path),
    removed,
    binaries: binaries.map(({ path }) => path),
    restarts: [...replaced],
    reloads: starts.flatMap(({ unit: { component } }) =>
      replaced.has(component.name) ? [] : [component.name],
    ),
  };
}
