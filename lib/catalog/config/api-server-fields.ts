import { frozen } from "../frozen";

/** The fields of the files that only API servers read. The format is explained in fields.ts. */
export const API_SERVER_FIELDS = frozen({
  Policy: `
omitManagedFields bool
omitStages[] string
rules[].level string
rules[].namespaces[] string
rules[].nonResourceURLs[] string
rules[].omitManagedFields bool
rules[].omitStages[] string
rules[].resources[].group string
rules[].resources[].resourceNames[] string
rules[].resources[].resources[] string
rules[].userGroups[] string
rules[].users[] string
rules[].verbs[] string
`,
});
