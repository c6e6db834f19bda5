import { error, show } from "../errors";

/** Errors about `authentication`. Each says what was given, what is allowed, and what to do. */

export const authenticationTwice = (flag: string) =>
  error(
    `authentication and apiServer.extraArgs[${show(flag)}] are both set, so API servers do not start.`,
    "Allowed is one of them.",
    `Remove ${show(flag)} from extraArgs, and write what it says into authentication.`,
  );

export const conditionsWhileOff = (where: string) =>
  error(
    `${where} has conditions, but enabled is not true, so API servers do not start.`,
    "Allowed are conditions with enabled: true.",
    "Set enabled: true, or remove conditions.",
  );

export const missingValue = (where: string) =>
  error(
    `${where} is missing, so API servers do not start.`,
    "Allowed is a value that is not empty.",
    "Set it.",
  );

export const wrongIssuer = (where: string, given: string) =>
  error(
    `${where} is ${show(given)}.`,
    "Allowed is a URL that begins with https:// and has no user, query or fragment.",
    "Correct the URL.",
  );

export const repeatedValue = (where: string, given: string) =>
  error(
    `${where} is ${show(given)}, which is there already, so API servers do not start.`,
    "Allowed is each value once.",
    "Remove one of them.",
  );

export const sameDiscovery = (where: string, given: string) =>
  error(
    `${where} is ${show(given)}, the url of the same issuer.`,
    "Allowed is another URL.",
    "Remove discoveryURL; the url is asked anyway.",
  );

export const wrongMatchPolicy = (where: string) =>
  error(
    `${where} must say how several audiences match.`,
    'Allowed is "MatchAny", also for a single audience.',
    'Write audienceMatchPolicy: "MatchAny".',
  );

export const claimAndExpression = (where: string, has: "both" | "neither") =>
  error(
    `${where} has ${has === "both" ? "both claim and expression" : "neither claim nor expression"}, so API servers do not start.`,
    "Allowed is one of them.",
    has === "both" ? "Remove one." : 'Write claim: "sub", for example.',
  );

export const missingPrefix = (where: string) =>
  error(
    `${where} has a claim without a prefix, so API servers do not start.`,
    'Allowed is any prefix, also the empty text "" for none.',
    'Write prefix: "oidc:", for example, so that nobody can claim the name of a user of Kubernetes.',
  );

export const prefixWithExpression = (where: string) =>
  error(
    `${where} has a prefix beside an expression, so API servers do not start.`,
    "Allowed is a prefix beside a claim.",
    "Put the prefix into the expression.",
  );

export const unverifiedEmail = (where: string) =>
  error(
    `${where} uses claims.email, but nothing looks at claims.email_verified, so API servers do not start.`,
    "Allowed is an email that the issuer verified.",
    'Add to claimValidationRules: { expression: "claims.?email_verified.orValue(true) == true", message: "the email is not verified" }.',
  );

export const wrongExtraKey = (where: string, given: string) =>
  error(
    `${where} is ${show(given)}.`,
    "Allowed is a name in lower case with a domain of your own in front, not one of kubernetes.io or k8s.io.",
    'Write "example.org/department", for example.',
  );
