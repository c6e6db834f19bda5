import { urlHost as literalUrlHost } from "../catalog/addresses";
import { code, hasToken } from "./expression";

/** A host as it is written in a URL. For a token, Terraform decides whether it is an IPv6 address. */
export function urlHost(host: string): string {
  if (!hasToken(host)) return literalUrlHost(host);
  return code`(strcontains(${host}, ":") ? format("[%s]", ${host}) : ${host})`.asToken();
}
