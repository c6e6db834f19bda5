import { frozen } from "../frozen";
import { has, is, warn, type WarnPolicy } from "./policy";

/** Go's spellings of true and false. */
export const TRUE = "1|t|true";
export const FALSE = "0|f|false";
export const EMPTY = "";
export const ANYTHING = ".+";

export const WEAK_CIPHERS = "TLS_RSA_.*|.*_(?:RC4|3DES)_.*|.*_CBC_SHA256";

export const WEAK_TLS: readonly WarnPolicy[] = frozen([
  warn(
    "it accepts TLS 1.0 or 1.1, which are broken",
    is("tls-min-version", "VersionTLS1[01]"),
  ),
  warn(
    "it accepts ciphers that are broken, or that do not protect recorded traffic",
    has("tls-cipher-suites", WEAK_CIPHERS),
  ),
]);

export const profiles = (...flags: readonly string[]): WarnPolicy[] =>
  flags.map((flag) =>
    warn(
      "it serves profiles, which reveal much about what it does, and cost time to make",
      is(flag, TRUE),
    ),
  );

export const PROFILING = frozen(profiles("profiling", "contention-profiling"));

export const VERBOSE = warn(
  "it logs whole requests and responses, including secrets",
  is("v", "[89]|[1-9][0-9]+"),
);

export const LOSES_TLS =
  "it listens or connects without TLS, so others can read and change its traffic";
