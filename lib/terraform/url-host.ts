import { urlHost as literalUrlHost } from "../catalog/addresses";
import { code, hasToken } from "./expression";

/** A host as it stands in a URL; whether a token is IPv6 is seen by Terraform. */
export function urlHost(host: string): string {
  if (!hasToken(host)) return literalUrlHost(host);
  return code`(strcontains(${host}, ":") ? format("[%s]", ${host}) : ${host})`.asToken();
}
