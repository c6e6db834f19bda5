import { isIP } from "node:net";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";

export interface Tls {
  /**
   * The CA in PEM, and the name or address in the server's certificate. Absent only for a component that answers on a
   * host's loopback with a certificate that it made itself.
   */
  readonly trust?: { readonly ca: string; readonly name: string };
  /** The client certificate and key in PEM. */
  readonly client?: { readonly cert: string; readonly key: string };
}

export function tlsOptions({ trust, client }: Tls): ConnectionOptions {
  const options = { minVersion: "TLSv1.2" as const, ...client };
  if (!trust) return { ...options, rejectUnauthorized: false };
  // Without a certificate, Node would trust all CAs that the system trusts.
  if (!/-----BEGIN CERTIFICATE-----/.test(trust.ca))
    throw new Error("the store has no certificate of its CA");
  return {
    ...options,
    ca: trust.ca,
    // As in Go, a trusted CA need not be a root.
    allowPartialTrustChain: true,
    // Set here, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment has no effect.
    rejectUnauthorized: true,
    // The connection goes to a forwarded socket, not to the address in the certificate.
    servername: isIP(trust.name) ? "" : trust.name,
    checkServerIdentity: (
      _: string,
      certificate: Parameters<typeof checkServerIdentity>[1],
    ) => checkServerIdentity(trust.name, certificate),
  };
}
