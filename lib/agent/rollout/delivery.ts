import type { HostFile } from "../hosts/host";
import { compact } from "../../base/compact";
import { KUBELET_UNIT } from "../../catalog/kubelet";
import { binaryFiles, files } from "../../base/counted";
import type {
  BinaryRequest,
  ComponentRequest,
  NodeRequest,
} from "../../request/request";
import type { NodeChanges } from "./changes";
import type { Comparison } from "./comparison";
import { KUBELET_CERTIFICATE, KUBELET_KUBECONFIG } from "./present";
import { type Start, startsOf, touchedBy } from "./starts";
import { startFileOf } from "./units";

export interface NodeDeliveryOptions {
  /** Components that are neither started yet nor given the file that would start them. */
  readonly without?: readonly ComponentRequest[];
  /** Whether kubelet restarts. Absent: it restarts if it runs with other files than it should. */
  readonly startsKubelet?: boolean;
  /** Files to remove, in addition to those that are no longer listed. */
  readonly removed?: readonly string[];
}

/** One delivery to a node, and what it starts. */
export interface NodeDelivery {
  readonly changed: readonly HostFile[];
  /** Files that are no longer wanted. */
  readonly removed: readonly string[];
  readonly binaries: readonly BinaryRequest[];
  /** All paths that are deleted on the host: `removed`, and files that the host itself makes anew. */
  readonly gone: readonly string[];
  /** All paths that are ours on the host afterwards. */
  readonly listed: readonly string[];
  readonly starts: readonly Start[];
  /** Names of the components that are restarted. */
  readonly replaced: ReadonlySet<string>;
}

/** Computes the delivery from a comparison; changes nothing. */
export function deliveryOf(
  request: NodeRequest,
  comparison: Comparison,
  unhealthy: readonly ComponentRequest[],
  options: NodeDeliveryOptions,
): NodeDelivery {
  const { without = [], startsKubelet } = options;
  const { binaries, listed, differences } = comparison;
  const unwanted = (options.removed ?? []).filter((path) =>
    comparison.has(path),
  );
  const removed = [...differences.removed, ...unwanted];
  const held = new Set(without.map(startFileOf));
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
      (file) => file.path === manifest && comparison.changesPod(file),
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
      // Otherwise kubelet would keep using the certificate that it renewed before.
      ...(renewsKubelet ? [KUBELET_CERTIFICATE] : []),
      // Without its stamp, a unit is started by the next run if this one is killed before starting it.
      ...touched.map(({ stamp }) => stamp),
    ],
    replaced: new Set([
      ...otherPods.map(({ name }) => name),
      ...restarted.map(({ unit }) => unit.component.name),
    ]),
  };
}

/** `3 files delivered, 6 binaries installed` */
export const deliveredText = ({
  changed,
  removed,
  binaries,
}: NodeDelivery): string =>
  compact(
    changed.length > 0 && `${files(changed.length)} delivered`,
    removed.length > 0 && `${files(removed.length)} removed`,
    binaries.length > 0 && `${binaryFiles(binaries.length)} installed`,
  ).join(", ");

/** The components that start after this one, because they need it. */
export function componentsAfter(
  { components }: Pick<NodeRequest, "components">,
  name: string,
): readonly ComponentRequest[] {
  const at = components.findIndex((each) => each.name === name);
  // kubelet comes last in this order, but no pod runs without it.
  const runsPods = components.some(({ manifest }) => manifest !== undefined);
  return at === -1
    ? []
    : components
        .slice(at + 1)
        .filter(({ unit }) => !runsPods || unit !== KUBELET_UNIT);
}

/** The changes that a delivery would make to a node with these unhealthy components. */
export function changesOf(
  delivery: NodeDelivery,
  unhealthy: readonly ComponentRequest[],
): NodeChanges {
  const { changed, removed, binaries, starts, replaced } = delivery;
  const isUnhealthy = (each: string) =>
    unhealthy.some(({ name }) => name === each);
  return {
    files: changed.map(({ path }) => path),
    removed,
    binaries: binaries.map(({ path }) => path),
    starts: [...replaced].filter(isUnhealthy),
    restarts: [...replaced].filter((name) => !isUnhealthy(name)),
    reloads: starts.flatMap(({ unit: { component } }) =>
      replaced.has(component.name) ? [] : [component.name],
    ),
  };
}
