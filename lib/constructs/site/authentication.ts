import { ANONYMOUS_PATHS } from "../../catalog/hardening/cis";
import type { Site } from "../../catalog/site";
import * as errors from "./authentication-errors";
import { validateAuthentication } from "./authentication-validation";
import { checkedDocument, type GivenDocument } from "./document";
import { apiServerFile, type Settings } from "./settings";

/** The flags that API servers do not accept beside an AuthenticationConfiguration. */
export const AUTHENTICATION_FLAGS =
  /^(?:anonymous-auth|authentication-config|oidc-.*)$/;

const GROUP = "apiserver.config.k8s.io";
/** The first minor version with the stable version of the configuration. */
const STABLE = 34;

/**
 * The flag and the file. An object without `anonymous` gets the paths that hardening leaves open, if the cluster is
 * hardened. Throws if API servers would not start with it.
 */
export function authenticationSettings(
  site: Site,
  given: GivenDocument,
): Settings {
  const { extraArgs } = site.apiServer;
  const twice = Object.keys(extraArgs).find((flag) =>
    AUTHENTICATION_FLAGS.test(flag),
  );
  if (twice !== undefined) throw errors.authenticationTwice(twice);
  const isStable = site.version.minor >= STABLE;
  const document = checkedDocument(
    site,
    {
      prop: "authentication",
      kind: "AuthenticationConfiguration",
      apiVersion: `${GROUP}/${isStable ? "v1" : "v1beta1"}`,
      olderVersions: isStable ? [`${GROUP}/v1beta1`] : [],
    },
    typeof given === "string" || site.hardening === undefined
      ? given
      : { anonymous: ANONYMOUS, ...given },
  );
  validateAuthentication("authentication", document.fields);
  const { file, path } = apiServerFile(site, "authentication.yaml");
  return {
    prop: "authentication",
    flags: { "kube-apiserver": { "authentication-config": path } },
    files: [
      {
        ...file,
        purpose: "configuration of authentication",
        ...document.content,
      },
    ],
  };
}

/** @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration */
const ANONYMOUS = {
  enabled: true,
  conditions: ANONYMOUS_PATHS.map((path) => ({ path })),
};
