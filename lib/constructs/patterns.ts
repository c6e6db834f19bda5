/**
 * Patterns of texts that may be known only at apply. They use only the syntax that JavaScript and Terraform (RE2) have in
 * common: no lookaround, and no flag other than `u`.
 */

import { GO_DURATION } from "../catalog/go-duration";

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, "u");

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = `(?:${OCTET}\\.){3}${OCTET}`;
const GROUP = "[\\dA-Fa-f]{1,4}";
/** The last two groups of an IPv6 address, which may be written as an IPv4 address. */
const LAST_TWO = `(?:${GROUP}:${GROUP}|${IPV4})`;

/** An IPv6 address as in RFC 3986, with one alternative for each number of groups that there may be before `::`. */
const IPV6 = [
  `(?:${GROUP}:){6}${LAST_TWO}`,
  ...Array.from({ length: 8 }, (_, most) => {
    const before =
      most === 0 ? "" : `(?:(?:${GROUP}:){0,${most - 1}}${GROUP})?`;
    if (most > 5) return `${before}::${most === 6 ? GROUP : ""}`;
    return `${before}::(?:${GROUP}:){${5 - most}}${LAST_TWO}`;
  }),
].join("|");

const LABEL = "[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?";
const NAME = `${LABEL}(?:\\.${LABEL})*`;

/** An IP address without a zone. */
export const ADDRESS = whole(`${IPV4}|${IPV6}`);
export const WITHOUT_COLON = /^[^:]*$/u;
export const WITH_COLON = /:/u;

/** Limits the length of a name, and requires more than numbers and dots, unless it is an address. */
const IS_NAME = [
  /^[\s\S]{1,253}$/u,
  whole(`${IPV4}|[\\s\\S]*[^\\d.][\\s\\S]*`),
];

/** A DNS name (an RFC 1123 subdomain), or an IP address without brackets. */
export const HOST = [whole(`${IPV4}|${IPV6}|${NAME}`), ...IS_NAME];

/** What a certificate may name: a DNS name with an optional wildcard in front, or an IP address. */
export const ALTERNATIVE_NAME = [
  whole(`${IPV4}|${IPV6}|(?:\\*\\.)?${NAME}`),
  ...IS_NAME,
];

const PART = "[A-Za-z\\d](?:[\\w.-]{0,61}[A-Za-z\\d])?";

/** The name of a label without its prefix. */
export const LABEL_NAME = whole(PART);
export const LABEL_VALUE = whole(`(?:${PART})?`);

/** A segment of a path that needs no quotes, and that is neither `.` nor `..`. */
const SEGMENT = "(?:[\\w@+:-]|\\.[\\w@+:-]|\\.\\.[\\w.@+:-])[\\w.@+:-]*";

/** A path that is absolute and needs no quotes in shells, units or YAML. */
export const PLAIN_PATH = whole(`(?:/${SEGMENT})+`);
export const SOCKET_URL = whole(`unix://(?:/${SEGMENT})+`);

export const MACHINE_ID = /^[\da-f]{32}$/u;

const SSH_ADDRESS = `(?:${IPV6})(?:%[\\w.:-]+)?`;
const SSH_NAME = "[\\w][\\w.-]*";
/** A character of a user that needs no quotes in shells. */
const OF_USER = "[^\\s\\p{Z}\\p{Cc}'\"`$;&|<>()";
const USER = `${OF_USER}-]${OF_USER}]*`;
const PORT =
  "(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";

/** A name, an alias of OpenSSH's configuration, or an address without brackets. */
export const SSH_HOST = whole(`${SSH_ADDRESS}|${SSH_NAME}`);
export const SSH_USER = whole(USER);
/** `[user@]host[:port]` */
export const JUMP_HOST = whole(
  `(?:${USER}@)?(?:\\[${SSH_ADDRESS}\\]|${SSH_NAME})(?::${PORT})?`,
);
export const IDENTITY_FILE = /^[^\p{Cc}-][^\p{Cc}]*$/u;

/** The data begin with the type, so a key that was cut off or mixed up is detected. */
const key = (type: string): string => {
  const data = Buffer.from([0, 0, 0, type.length, ...Buffer.from(type)]);
  // The last character holds a part of what follows.
  return `${type} ${data.toString("base64").slice(0, Math.floor((data.length * 4) / 3))}`;
};

const KEY_TYPES = [
  "ssh-ed25519",
  "ssh-rsa",
  ...[256, 384, 521].map((bits) => `ecdsa-sha2-nistp${bits}`),
];

/** A line of a public key file. */
export const HOST_KEY = whole(
  `\\s*(?:${KEY_TYPES.map(key).join("|")})[\\dA-Za-z+/]{20,}={0,2}(?:[ \\t][^\\r\\n]*)?\\s*`,
);

export const oneOf = (words: readonly string[]): RegExp =>
  whole(words.join("|"));

const REGISTRY_PART = "[A-Za-z\\d](?:[A-Za-z\\d-]*[A-Za-z\\d])?";
const REGISTRY = `(?:${REGISTRY_PART}(?:\\.${REGISTRY_PART})*|\\[[\\da-fA-F:]+\\])(?::\\d{1,5})?`;
const REPOSITORY_PART = "[a-z\\d]+(?:(?:\\.|_|__|-+)[a-z\\d]+)*";

/**
 * A registry, a path in it, or both, as container runtimes read them. @see
 * https://github.com/distribution/reference/blob/v0.6.0/reference.go
 */
export const REPOSITORY = whole(
  `${REGISTRY}|(?:${REGISTRY}/)?${REPOSITORY_PART}(?:/${REPOSITORY_PART})*`,
);
export const TAG = /^\w[\w.-]{0,127}$/u;

/** @see https://github.com/kubernetes/cluster-bootstrap/blob/v0.36.3/token/api/types.go */
export const TOKEN_GROUP = /^system:bootstrappers:[a-z\d:-]{0,255}[a-z\d]$/u;
/** A duration of Go that is not negative. */
export const LIFETIME = new RegExp(
  GO_DURATION.source.replace("[-+]?", "\\+?"),
  "u",
);
export const TIME =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)$/u;

/** An absolute path without the segment `..`. */
export const ABSOLUTE_PATH =
  /^(?:\/(?:[^/.][^/]*|\.|\.[^/.][^/]*|\.\.[^/]+)?)+$/u;
/** Kubernetes accepts any printable ASCII except the character that ends a name. */
export const VARIABLE_NAME = /^[\x20-<>-\x7e]+$/u;

/** URLs of a host and a port. */
export const HTTPS_URL = /^https:\/\/[^\s,/]+$/u;
export const HTTP_URL = /^https?:\/\/[^\s,/]+$/u;

/** A calendar expression of systemd, as far as its letters go: it has no `%` or `$`, which units read in their own way. */
export const CALENDAR = /^[\w*](?:[\w *:,.~/+-]{0,126}[\w*])?$/u;
