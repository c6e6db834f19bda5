import { AgentError } from "../../base/errors";
import { visibleLines } from "../../base/visible";

export interface Unhealthy {
  readonly node: string;
  readonly component: string;
  /** Whether it ends again and again. */
  readonly crashes: boolean;
  readonly seconds: number;
  /** The last lines of its log. */
  readonly log: readonly string[];
}

/** A node is unhealthy after a change. */
export class NodeFailed extends AgentError {
  constructor(
    readonly node: string,
    message: string,
  ) {
    super(message);
  }
}

export function notHealthy(found: Unhealthy): NodeFailed {
  const { node, component, crashes, seconds, log } = found;
  const what = crashes
    ? `ends again and again (${seconds} s after the change)`
    : `is not healthy after ${seconds} s`;
  return new NodeFailed(
    node,
    visibleLines([
      `${node}: ${component} ${what}. The end of its log:`,
      ...log.map((line) => `  ${line}`),
    ]),
  );
}
