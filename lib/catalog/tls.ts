import { frozen } from "./frozen";

/** The lowest version of TLS that a client may use. */
export type TlsVersion = "VersionTLS12" | "VersionTLS13";

/** The names that etcd has for the versions. */
export const TLS_VERSIONS: Readonly<Record<TlsVersion, string>> = frozen({
  VersionTLS12: "TLS1.2",
  VersionTLS13: "TLS1.3",
});

/**
 * The cipher suites of TLS 1.2 that Go does not call insecure. The components know two of them by a shorter name, too.
 * @see https://pkg.go.dev/crypto/tls#CipherSuites
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/component-base/cli/flag/ciphersuites_flag.go
 */
const TLS_12_SUITES = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
] as const;

/** The cipher suites of TLS 1.3. Components accept their names, but Go always allows all of them. */
const TLS_13_SUITES = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
] as const;

export const CIPHER_SUITES: readonly string[] = frozen([
  ...TLS_12_SUITES,
  ...TLS_13_SUITES,
]);

/**
 * HTTP/2 needs one of these. An API server or a kubelet without them does not start.
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-9.2.2
 */
export const HTTP2_SUITES: readonly string[] = frozen([
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
]);

/** A key exchange of TLS, by the name that Go has for it. */
export type TlsCurve =
  | "CurveP256"
  | "CurveP384"
  | "CurveP521"
  | "X25519"
  | "SecP256r1MLKEM768"
  | "X25519MLKEM768"
  | "SecP384r1MLKEM1024";

/**
 * The key exchanges of the Go that builds Kubernetes 1.36 and later, with the numbers by which flags know them.
 * @see https://pkg.go.dev/crypto/tls#CurveID
 */
export const CURVES: Readonly<Record<TlsCurve, number>> = frozen({
  CurveP256: 23,
  CurveP384: 24,
  CurveP521: 25,
  X25519: 29,
  SecP256r1MLKEM768: 4587,
  X25519MLKEM768: 4588,
  SecP384r1MLKEM1024: 4589,
});

/** The key exchanges that clients of any age have in common with a server. */
export const CLASSIC_CURVES: readonly TlsCurve[] = frozen([
  "CurveP256",
  "CurveP384",
  "CurveP521",
  "X25519",
]);
