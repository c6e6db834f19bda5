import type { ComponentRequest } from "../../request/request";
import { NO_CHANGES, type NodeChanges } from "./changes";
import type { Comparison } from "./comparison";
import { fingerprintOfUnit, stampText } from "./units";

/** How a host that matches differs once its files that sign are no longer held. */
export function signerChanges(
  held: Comparison,
  components: readonly ComponentRequest[],
): NodeChanges {
  const free = held.with({ held: undefined });
  const contents = new Map(
    held.wanted.map(({ path, content }) => [path, content]),
  );
  const files = free.wanted
    .filter(({ path, content }) => !contents.get(path)?.equals(content))
    .map(({ path }) => path);
  const stampsOf = (comparison: Comparison) =>
    new Map(
      comparison
        .unitsOf(components)
        .map((unit) => [unit.component, stampText(fingerprintOfUnit(unit))]),
    );
  const [then, now] = [stampsOf(free), stampsOf(held)];
  const restarts = components.filter(
    (component) =>
      files.some((path) => path === component.manifest) ||
      then.get(component) !== now.get(component),
  );
  return { ...NO_CHANGES, files, restarts: restarts.map(({ name }) => name) };
}
