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

  AuthenticationConfiguration: `
anonymous.conditions[].path string
anonymous.enabled bool
jwt[].claimMappings.extra[].key string
jwt[].claimMappings.extra[].valueExpression string
jwt[].claimMappings.groups.claim string
jwt[].claimMappings.groups.expression string
jwt[].claimMappings.groups.prefix string
jwt[].claimMappings.uid.claim string
jwt[].claimMappings.uid.expression string
jwt[].claimMappings.username.claim string
jwt[].claimMappings.username.expression string
jwt[].claimMappings.username.prefix string
jwt[].claimValidationRules[].claim string
jwt[].claimValidationRules[].expression string
jwt[].claimValidationRules[].message string
jwt[].claimValidationRules[].requiredValue string
jwt[].issuer.audienceMatchPolicy string
jwt[].issuer.audiences[] string
jwt[].issuer.certificateAuthority string
jwt[].issuer.discoveryURL string
jwt[].issuer.egressSelectorType string 34,35,36,37
jwt[].issuer.url string
jwt[].userValidationRules[].expression string
jwt[].userValidationRules[].message string
`,
});
