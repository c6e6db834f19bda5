import { frozen } from "../frozen";
import {
  TRUE,
  FALSE,
  ANYTHING,
  WEAK_CIPHERS,
  profiles,
  LOSES_TLS,
} from "./common";
import { add, differs, type FlagPolicy, has, is, lacks, warn } from "./policy";

/** @see https://etcd.io/docs/v3.6/op-guide/security/ */
export const ETCD_FLAGS: readonly FlagPolicy[] = frozen([
  add("feature-gates"),
  warn(
    "whoever reaches etcd reads and changes the whole cluster, without a credential",
    is("client-cert-auth", FALSE),
  ),
  warn(
    "whoever reaches etcd may become a member of it, without a credential",
    is("peer-client-cert-auth", FALSE),
  ),
  warn(
    "etcd signs its own certificate, so that clients cannot check who it is",
    is("auto-tls", TRUE),
  ),
  warn(
    "members sign their own certificates, so that none can check who the others are",
    is("peer-auto-tls", TRUE),
  ),
  warn(
    "whoever has a certificate of that authority reads and changes the whole cluster",
    differs("trusted-ca-file"),
  ),
  warn(
    "whoever has a certificate of that authority may become a member",
    differs("peer-trusted-ca-file"),
  ),
  ...["", "experimental-"].map((prefix) =>
    warn(
      "members do not check that a certificate is the one of who connects",
      is(`${prefix}peer-skip-client-san-verification`, TRUE),
    ),
  ),
  ...["listen-client-urls", "listen-peer-urls"].map((flag) =>
    warn(LOSES_TLS, has(flag, "http://.*"), is("cert-file", ANYTHING)),
  ),
  warn(LOSES_TLS, is("listen-client-http-urls", "http://.*")),
  warn(
    "it takes connections of TLS 1.0 or 1.1, which are broken",
    is("tls-min-version", "TLS1\\.[01]"),
  ),
  warn(
    "it takes ciphers that are broken or do not protect recorded traffic",
    has("cipher-suites", WEAK_CIPHERS),
  ),
  ...profiles("enable-pprof"),
  warn(
    "each start makes a new cluster of this member alone",
    is("force-new-cluster", TRUE),
  ),
  warn(
    "what was written is lost when the machine goes down",
    is("unsafe-no-fsync", TRUE),
  ),
  warn(
    "a change of members may end the cluster's quorum",
    is("strict-reconfig-check", FALSE),
  ),
  warn(
    "members do not compare their data when they start",
    lacks("feature-gates", "InitialCorruptCheck=(?:1|t|true)"),
  ),
]);
