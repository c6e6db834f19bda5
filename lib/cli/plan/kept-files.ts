import { attempt } from "../../base/shape";
import { isPermanent } from "../../store/artefacts";
import { Store } from "../../store/store";
import type { Contents } from "./contents";

/** Whether a file stays in its store although its resource leaves the program: it can never be made again. */
export const staysInStore = (file: string, { stores }: Contents): boolean =>
  stores.some(({ directory }) => {
    const stamp = attempt(() => new Store(directory).stamp(file));
    return stamp !== undefined && isPermanent(stamp);
  });
