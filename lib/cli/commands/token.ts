import { X509Certificate } from "node:crypto";
import { parseCredential } from "../../agent/cluster/kubeconfig";
import { unusableKubeconfig } from "../../agent/cluster/errors";
import { orUndefined, readIfThere } from "../../base/files";
import { attempt, fields, readJson, text } from "../../base/shape";
import { readClaims } from "../../pki/token-claims";
import {
  credentialExpired,
  credentialForTerminal,
  noKubeconfig,
  unknownCredentialVersion,
} from "../errors-token";
import type { Context } from "../plan/workspace";

/** The versions of the answer, which differ in nothing that is used here. The first is the default. */
const VERSIONS = [
  "client.authentication.k8s.io/v1",
  "client.authentication.k8s.io/v1beta1",
];

/**
 * Prints the credential of a kubeconfig for a client that runs this command.
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
export function token(
  path: string,
  {
    clock,
    environment,
    output,
  }: Pick<Context, "clock" | "environment" | "output">,
): number {
  if (process.stdout.isTTY) throw credentialForTerminal(path);
  const apiVersion = askedVersion(environment.KUBERNETES_EXEC_INFO);
  const content = readIfThere(path);
  if (content === undefined) throw noKubeconfig(path);
  const credential = parseCredential(content.toString(), path);
  const [status, notAfter] =
    "token" in credential
      ? [{ token: credential.token }, readClaims(credential.token)?.notAfter]
      : [
          {
            clientCertificateData: credential.cert,
            clientKeyData: credential.key,
          },
          expiryOf(credential.cert, path),
        ];
  if (notAfter && notAfter.getTime() <= clock.now())
    throw credentialExpired(path, notAfter.toISOString());
  output.say(
    JSON.stringify({
      apiVersion,
      kind: "ExecCredential",
      status: {
        ...status,
        ...(notAfter && { expirationTimestamp: notAfter.toISOString() }),
      },
    }),
  );
  return 0;
}

function expiryOf(certificate: string, path: string): Date {
  const x509 = orUndefined(() => new X509Certificate(certificate));
  if (!x509)
    throw unusableKubeconfig(
      path,
      "client-certificate-data is not a certificate",
    );
  return new Date(x509.validTo);
}

/** The version that the client expects. Clients tell it in this variable; very old ones do not. */
function askedVersion(info: string | undefined): string {
  const asked = attempt(() => readJson(info ?? "", INFO))?.apiVersion;
  const [latest] = VERSIONS;
  if (asked !== undefined && !VERSIONS.includes(asked))
    throw unknownCredentialVersion(asked, VERSIONS);
  return asked ?? latest;
}

const INFO = fields({ apiVersion: text });
