import { error, show } from "../errors";

/** Errors about bootstrap tokens. `where` is the prop, such as `bootstrapTokens[0]`. */

export const TOKEN_USAGES: readonly string[] = ["signing", "authentication"];

export const invalidTokenUsage = (where: string, given: string) =>
  error(
    `${where}.usages has ${show(given)}.`,
    `Allowed are ${TOKEN_USAGES.join(" and ")}.`,
    "Correct it.",
  );

export const invalidTokenGroup = (where: string, given: string) =>
  error(
    `${where}.groups has ${show(given)}.`,
    "Allowed are groups that begin with system:bootstrappers: and go on with lower case letters, digits, : and -.",
    'Write "system:bootstrappers:kubeadm:default-node-token", for example.',
  );

export const invalidTokenTtl = (where: string, given: string) =>
  error(
    `${where}.ttl is ${show(given)}.`,
    "Allowed is a duration as Go writes it, up to 2562047h; 0 is a token that does not expire.",
    'Write "24h", for example.',
  );

export const invalidTokenExpiry = (where: string, given: string) =>
  error(
    `${where}.expires is ${show(given)}.`,
    "Allowed is a time as RFC 3339 writes it.",
    'Write "2030-01-31T12:00:00Z", for example.',
  );
