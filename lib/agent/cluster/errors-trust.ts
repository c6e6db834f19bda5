import { lines } from "../../base/errors";

export const brokenGeneration = (path: string) =>
  lines(
    `${path} is missing or cannot be read, and without it the cluster cannot move to the next generation of its keys.`,
    "Restore it from a backup of the store, and deploy again.",
  );
