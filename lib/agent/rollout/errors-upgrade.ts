import { lines } from "../../base/errors";

export const nothingToUpgrade = (store: string) =>
  lines(
    `${store} has no control-plane node on which a deploy has set anything up, so there is nothing to upgrade.`,
    "Deploy first. Of nodes with NodeAccess.directory() this library reaches no host, so it cannot ask them.",
  );
