import type { Clock } from "../base/clock";
import type { AgentReport, EtcdReport } from "../request/report";
import type { Store } from "./store";

export interface Work {
  readonly store: Store;
  /** The name of this agent. */
  readonly agent: string;
  readonly now: Date;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  /** Absent if nobody reads reports. */
  readonly report?: (report: AgentReport | EtcdReport) => void;
}
