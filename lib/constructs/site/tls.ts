import { lastValue } from "../../catalog/arguments";
import { hasEtcdTls } from "../../catalog/etcd";
import type { ExtraArgs, Site } from "../../catalog/site";
import {
  CIPHER_SUITES,
  CLASSIC_CURVES,
  CURVES,
  HTTP2_SUITES,
  TLS_VERSIONS,
  type TlsCurve,
  type TlsVersion,
} from "../../catalog/tls";
import type { Settings } from "./settings";
import * as errors from "./tls-errors";

/** How the components protect their connections as servers. */
export interface TlsProps {
  /**
   * The lowest version of TLS that a client may use.
   * @default "VersionTLS12"
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
   */
  readonly minVersion?: TlsVersion;

  /**
   * The cipher suites of TLS 1.2, by Go's names. At least one of them must be for HTTP/2:
   * `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256` for ECDSA keys, `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` for RSA keys. Those
   * of TLS 1.3 cannot be chosen.
   * @default - Go's own choice
   * @see https://pkg.go.dev/crypto/tls#CipherSuites
   */
  readonly cipherSuites?: readonly string[];

  /**
   * The key exchanges that are allowed, by Go's names. Their order has no meaning. Kubernetes 1.36 or later; etcd has no
   * such setting.
   * @default - Go's own choice
   * @see https://pkg.go.dev/crypto/tls#CurveID
   */
  readonly curvePreferences?: readonly TlsCurve[];
}

/** The first minor version with `--tls-curve-preferences`. */
const FIRST_WITH_CURVES = 36;

/** Throws if a component would not start with the settings, or if clients could not connect. */
function validateTls(site: Site, tls: TlsProps): void {
  const { minVersion, cipherSuites, curvePreferences } = tls;
  if (cipherSuites) {
    if (cipherSuites.length === 0)
      throw errors.emptyTlsList("tls.cipherSuites");
    const wrong = cipherSuites.find((each) => !CIPHER_SUITES.includes(each));
    if (wrong !== undefined) throw errors.unknownCipherSuite(wrong);
    if (minVersion === "VersionTLS13") throw errors.suitesWithoutEffect();
    if (!cipherSuites.some((each) => HTTP2_SUITES.includes(each)))
      throw errors.noHttp2Suite();
  }
  if (curvePreferences) {
    if (curvePreferences.length === 0)
      throw errors.emptyTlsList("tls.curvePreferences");
    if (site.version.minor < FIRST_WITH_CURVES)
      throw errors.curvesTooEarly(site.version.text);
    const twice = curvePreferences.find(
      (each, i) => curvePreferences.indexOf(each) !== i,
    );
    if (twice !== undefined) throw errors.repeatedCurve(twice);
    if (!curvePreferences.some((each) => CLASSIC_CURVES.includes(each)))
      throw errors.noClassicCurve();
  }
}

/** The flags and fields of all components that serve TLS. Throws if a component would not start with them. */
export function tlsSettings(site: Site, tls: TlsProps): Settings {
  validateTls(site, tls);
  const { minVersion, cipherSuites, curvePreferences } = tls;
  const curves = curvePreferences?.map((each) => CURVES[each]);
  const flags = defined({
    "tls-cipher-suites": cipherSuites?.join(","),
    "tls-curve-preferences": curves?.join(","),
    "tls-min-version": minVersion,
  });
  return {
    prop: "tls",
    flags: {
      ...(hasEtcdTls(site) && { etcd: etcdFlags(site, tls) }),
      "kube-apiserver": flags,
      "kube-controller-manager": flags,
      "kube-scheduler": flags,
    },
    kubelet: defined({
      tlsCipherSuites: cipherSuites,
      tlsCurvePreferences: curves,
      tlsMinVersion: minVersion,
    }),
  };
}

function etcdFlags(
  { etcd }: Site,
  { minVersion, cipherSuites }: TlsProps,
): ExtraArgs {
  // etcd does not start with suites if only TLS 1.3 is allowed.
  const own =
    etcd.kind === "local" && lastValue(etcd.extraArgs, "tls-min-version");
  return defined({
    "cipher-suites":
      own === TLS_VERSIONS.VersionTLS13 ? undefined : cipherSuites?.join(","),
    "tls-min-version": minVersion && TLS_VERSIONS[minVersion],
  });
}

const defined = <T>(
  values: Readonly<Record<string, T | undefined>>,
): Record<string, T> =>
  Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, T] => entry[1] !== undefined,
    ),
  );
