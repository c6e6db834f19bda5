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
    "anyone who reaches etcd can read and change the whole cluster, without a credential",
    is("client-cert-auth", FALSE),
  ),
  warn(
    "anyone who reaches etcd can join it as a member, without a credential",
    is("peer-client-cert-auth", FALSE),
  ),
  warn(
    "etcd signs its own certificate, so clients cannot verify it",
    is("auto-tls", TRUE),
  ),
  warn(
    "members sign their own certificates, so they cannot verify each other",
    is("peer-auto-tls", TRUE),
  ),
  warn(
    "anyone with a certificate of that CA can read and change the whole cluster",
    differs("trusted-ca-file"),
  ),
  warn(
    "anyone with a certificate of that CA can join as a member",
    differs("peer-trusted-ca-file"),
  ),
  ...["", "experimental-"].map((prefix) =>
    warn(
      "members do not check that a peer's certificate belongs to the peer's address",
      is(`${prefix}peer-skip-client-san-verification`, TRUE),
    ),
  ),
  ...["listen-client-urls", "listen-peer-urls"].map((flag) =>
    warn(LOSES_TLS, has(flag, "http://.*"), is("cert-file", ANYTHING)),
  ),
  warn(LOSES_TLS, is("listen-client-http-urls", "http://.*")),
  warn(
    "it accepts TLS 1.0 or 1.1, which are broken",
    is("tls-min-version", "TLS1\\.[01]"),
  ),
  warn(
    "it accepts ciphers that are broken, or that do not protect recorded traffic",
    has("cipher-suites", WEAK_CIPHERS),
  ),
  ...profiles("enable-pprof"),
  warn(
    "each start creates a new cluster with only this member",
    is("force-new-cluster", TRUE),
  ),
  warn(
    "data that was written is lost if the machine crashes",
    is("unsafe-no-fsync", TRUE),
  ),
  warn(
    "a change of members can cost the cluster its quorum",
    is("strict-reconfig-check", FALSE),
  ),
  warn(
    "members do not compare their data when they start",
    lacks("feature-gates", "InitialCorruptCheck=(?:1|t|true)"),
  ),
  warn(
    "members do not compare their data when they start",
    is("experimental-initial-corrupt-check", FALSE),
  ),
]);
