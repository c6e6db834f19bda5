import type { ComponentId } from "./component-id";

/** A file that a component reads on each of its nodes. */
export interface ComponentFile {
  readonly component: ComponentId;
  /** Its absolute path on a node. */
  readonly path: string;
  readonly purpose: string;
  /** Its content, or the path of a file on the machine that deploys. */
  readonly text?: string;
  readonly source?: string;
}
