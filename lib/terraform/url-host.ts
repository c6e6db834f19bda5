import { isIP } from "node:net";
import { code, hasToken } from "./expression";

/** A host as it stands in a URL; whether a token is IPv6 is seen by Terraform. */
export function urlHost(host: string): string {
  if (!hasToken(host)) return isIP(host) === 6 ? `[${host}]` : host;
  return code`(strcontains(${host}, ":") ? format("[%s]", ${host}) : ${host})`.asToken();
}
