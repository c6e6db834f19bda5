import { error, show } from "../errors";

/** Errors about props that make flags, files and volumes, where the user gives the same by hand. */

export const flagTaken = (prop: string, flag: string) =>
  error(
    `${prop} and apiServer.extraArgs[${show(flag)}] name a file each.`,
    "Allowed is one of them.",
    `Remove ${show(flag)} from extraArgs, or ${prop}.`,
  );

export const fileTaken = (prop: string, path: string, node: string) =>
  error(
    `${prop} makes the file ${path}, which node ${node} has in its files, too.`,
    "Allowed is one of them.",
    "Remove it from files.",
  );

export const volumeTaken = (prop: string, name: string) =>
  error(
    `${prop} makes the volume ${show(name)}, which apiServer.extraVolumes has, too.`,
    "Allowed is one of them.",
    "Remove it from extraVolumes, or give it another name.",
  );

export const mountTaken = (prop: string, path: string) =>
  error(
    `${prop} needs ${path} in the container of the API server, where another volume is.`,
    "Allowed is one volume at each path.",
    "Remove the volume from extraVolumes, or choose another path.",
  );
