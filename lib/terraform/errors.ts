/** Errors at synthesis: what was given, what is allowed, what to do. */

export const storeInUse = (path: string, first: string, second: string) =>
  new Error(
    `"${path}" belongs to ${first} and cannot belong to ${second} as well. ` +
      "One cluster has one store, and each file of it one resource. " +
      "Give the second one a clusterName, a directory or a path of its own.",
  );

export const storeOutside = (path: string, directory: string) =>
  new Error(
    `"${path}" leaves the store. Allowed are paths inside of ${directory}. Write it without leading "/" and "..".`,
  );

export const noHcl = (path: string) =>
  new Error(
    `${path} cannot be written as HCL. Allowed is JSON, cdktf's default. Leave out hclOutput: true and --hcl.`,
  );
