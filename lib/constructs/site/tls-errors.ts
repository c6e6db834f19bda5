import { didYouMean } from "../../catalog/similar-name";
import { CIPHER_SUITES, CLASSIC_CURVES, HTTP2_SUITES } from "../../catalog/tls";
import { error, show } from "../errors";

/** Errors about `tls`. Each says what was given, what is allowed, and what to do. */

export const unknownCipherSuite = (given: string) =>
  error(
    `tls.cipherSuites has ${show(given)}, which is weak or unknown.`,
    `Allowed: ${CIPHER_SUITES.join(", ")}.`,
    didYouMean(given, CIPHER_SUITES) ??
      "Choose one of them. If a single component needs a weak suite, set tls-cipher-suites in its extraArgs.",
  );

export const emptyTlsList = (prop: string) =>
  error(
    `${prop} is an empty list.`,
    "Allowed is at least one entry.",
    `Remove ${prop} for Go's own choice.`,
  );

export const noHttp2Suite = () =>
  error(
    "tls.cipherSuites has no suite with which API servers and kubelets can speak HTTP/2, so they do not start.",
    `Allowed is a list with ${HTTP2_SUITES.join(" or ")}.`,
    "Add the one for the kind of your keys, or both.",
  );

export const suitesWithoutEffect = () =>
  error(
    'tls has cipherSuites and minVersion "VersionTLS13", with which etcd does not start: the suites of TLS 1.3 cannot be chosen.',
    "Allowed is one of them.",
    "Remove cipherSuites.",
  );

export const curvesTooEarly = (version: string) =>
  error(
    `tls.curvePreferences is set, but Kubernetes ${version} has no flag for it: it came with 1.36.`,
    "Allowed is the prop from 1.36 on.",
    "Remove it, or choose another kubernetesVersion.",
  );

export const repeatedCurve = (curve: string) =>
  error(
    `tls.curvePreferences has ${show(curve)} twice.`,
    "Allowed is each key exchange once; otherwise components do not start.",
    "Remove one of them.",
  );

export const noClassicCurve = () =>
  error(
    "tls.curvePreferences has only key exchanges that many clients do not know, such as browsers and older versions of kubectl.",
    `Allowed is a list with at least one of ${CLASSIC_CURVES.join(", ")}.`,
    "Add X25519, for example.",
  );
