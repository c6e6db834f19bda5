import { isDnsName } from "../hosts";
import * as errors from "./authentication-errors";

interface Mapping {
  readonly claim?: string;
  readonly expression?: string;
  readonly prefix?: string;
}

interface Authenticator {
  readonly issuer?: {
    readonly url?: string;
    readonly discoveryURL?: string;
    readonly audiences?: readonly string[];
    readonly audienceMatchPolicy?: string;
  };
  readonly claimValidationRules?: readonly Mapping[];
  readonly claimMappings?: {
    readonly username?: Mapping;
    readonly groups?: Mapping;
    readonly uid?: Mapping;
    readonly extra?: readonly {
      readonly key?: string;
      readonly valueExpression?: string;
    }[];
  };
  readonly userValidationRules?: readonly Mapping[];
}

interface Configuration {
  readonly jwt?: readonly Authenticator[];
  readonly anonymous?: {
    readonly enabled?: boolean;
    readonly conditions?: readonly unknown[];
  };
}

/**
 * Throws if API servers would not start with the configuration, whose fields were checked. Expressions are not compiled.
 * @see https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/apis/apiserver/validation/validation.go
 */
export function validateAuthentication(
  where: string,
  configuration: Readonly<Record<string, unknown>>,
): void {
  const { jwt = [], anonymous } = configuration as Configuration;
  if (anonymous?.conditions?.length && anonymous.enabled !== true)
    throw errors.conditionsWhileOff(`${where}.anonymous`);
  jwt.forEach((each, i) => validateAuthenticator(`${where}.jwt[${i}]`, each));
  requireDistinct(
    jwt.map(({ issuer }) => issuer?.url ?? ""),
    (i) => `${where}.jwt[${i}].issuer.url`,
  );
}

function validateAuthenticator(where: string, jwt: Authenticator): void {
  const { issuer = {}, claimMappings = {}, claimValidationRules = [] } = jwt;
  const { url, discoveryURL, audiences = [], audienceMatchPolicy } = issuer;
  requireIssuer(`${where}.issuer.url`, url);
  if (discoveryURL !== undefined && discoveryURL !== "") {
    requireIssuer(`${where}.issuer.discoveryURL`, discoveryURL);
    if (withoutSlashes(discoveryURL) === withoutSlashes(url ?? ""))
      throw errors.sameDiscovery(`${where}.issuer.discoveryURL`, discoveryURL);
  }
  if (audiences.length === 0 || audiences.includes(""))
    throw errors.missingValue(`${where}.issuer.audiences`);
  requireDistinct(audiences, (i) => `${where}.issuer.audiences[${i}]`);
  const policy = audienceMatchPolicy ?? "";
  if (policy !== "MatchAny" && (policy !== "" || audiences.length > 1))
    throw errors.wrongMatchPolicy(`${where}.issuer.audienceMatchPolicy`);
  claimValidationRules.forEach((rule, i) =>
    requireOne(`${where}.claimValidationRules[${i}]`, rule),
  );
  jwt.userValidationRules?.forEach(({ expression }, i) => {
    if (!expression)
      throw errors.missingValue(
        `${where}.userValidationRules[${i}].expression`,
      );
  });
  validateMappings(`${where}.claimMappings`, claimMappings);
  requireVerifiedEmail(`${where}.claimMappings.username.expression`, jwt);
}

function validateMappings(
  where: string,
  mappings: NonNullable<Authenticator["claimMappings"]>,
): void {
  const { username = {}, groups, uid, extra = [] } = mappings;
  requireOne(`${where}.username`, username);
  for (const [name, mapping] of Object.entries({ username, groups })) {
    const place = `${where}.${name}`;
    if (mapping?.claim && mapping.expression)
      throw errors.claimAndExpression(place, "both");
    if (mapping?.claim && mapping.prefix === undefined)
      throw errors.missingPrefix(place);
    if (mapping?.expression && mapping.prefix !== undefined)
      throw errors.prefixWithExpression(place);
  }
  if (uid?.claim && uid.expression)
    throw errors.claimAndExpression(`${where}.uid`, "both");
  extra.forEach(({ key = "", valueExpression }, i) => {
    const place = `${where}.extra[${i}]`;
    const [, domain = "", path = ""] = /^([^/]*)\/(.+)$/.exec(key) ?? [];
    const isReserved = /(?:^|\.)(?:kubernetes|k8s)\.io$/.test(domain);
    if (!isDnsName(domain) || isReserved || path !== path.toLowerCase())
      throw errors.wrongExtraKey(`${place}.key`, key);
    if (!valueExpression) throw errors.missingValue(`${place}.valueExpression`);
  });
  requireDistinct(
    extra.map(({ key = "" }) => key),
    (i) => `${where}.extra[${i}].key`,
  );
}

function requireIssuer(where: string, url = ""): void {
  if (url === "") throw errors.missingValue(where);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "https:" || /[@?#]/.test(url))
    throw errors.wrongIssuer(where, url);
}

function requireOne(where: string, { claim, expression }: Mapping): void {
  if (claim && expression) throw errors.claimAndExpression(where, "both");
  if (!claim && !expression) throw errors.claimAndExpression(where, "neither");
}

function requireVerifiedEmail(where: string, jwt: Authenticator): void {
  const { claimMappings = {}, claimValidationRules = [] } = jwt;
  const own = claimMappings.username?.expression ?? "";
  if (!/\bclaims\.\??email\b/.test(own)) return;
  const expressions = [
    own,
    ...(claimMappings.extra ?? []).map(
      ({ valueExpression }) => valueExpression,
    ),
    ...claimValidationRules.map(({ expression }) => expression),
  ];
  if (!expressions.some((each) => each?.includes("email_verified")))
    throw errors.unverifiedEmail(where);
}

function requireDistinct(
  values: readonly string[],
  placeOf: (index: number) => string,
): void {
  values.forEach((value, i) => {
    if (values.indexOf(value) !== i)
      throw errors.repeatedValue(placeOf(i), value);
  });
}

const withoutSlashes = (url: string): string => url.replace(/\/+$/, "");
