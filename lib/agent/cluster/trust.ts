import type { Clock } from "../../base/clock";
import { attempt, fields, list, optional, text } from "../../base/shape";
import { parseCertificate } from "../../pki/certificates";
import {
  generateKey,
  privatePem,
  publicKeyId,
  readPrivateKey,
  readPublicKeys,
} from "../../pki/keys";
import { issueCertificate } from "../../pki/x509";
import type { RotationRequest } from "../../request/rotation";
import type { Store } from "../../store/store";
import { Server, type ServerRequest } from "./https";
import { isRefusal, isTemporary } from "./refusals";
import type { Tls } from "./tls";
import type { Host } from "../hosts/host";
import { brokenGeneration } from "./errors-trust";

/** The user of the certificate with which API servers are asked whom they trust. It has no rights. */
const ASKING_USER = "cdktf-control-plane:trust";
/** The API server refuses it only to users whom it cannot authenticate. */
const VERSION = { method: "GET", path: "/version" } as const;
const PUBLIC_KEYS = {
  method: "GET",
  path: "/openid/v1/jwks",
  headers: { accept: "application/jwk-set+json" },
} as const;

const JWKS = fields({ keys: list(fields({ kid: optional(text) })) });

type Client = NonNullable<Tls["client"]>;

/** An API server. */
export interface AskedServer {
  readonly host: Host;
  readonly address: string;
  readonly port: number;
  /** The client certificate of an administrator. */
  readonly admin: Client;
}

/** Asks an API server whether it accepts what the new generation of keys signs. */
export type TrustQuestion = (server: AskedServer) => Promise<boolean>;

/**
 * Makes the question. It uses a certificate that the new CA signs, without the cross certificate behind it: the controller
 * manager signs such certificates.
 */
export async function trustQuestion(
  { authority, publicKeys }: RotationRequest,
  store: Store,
  clock: Clock,
): Promise<TrustQuestion> {
  const client = authority && (await newClient(authority, store, clock));
  const keyId =
    publicKeys && newestKeyId(publicKeys, needed(store, publicKeys), store);
  return async (asked) => {
    const version = await answerTo(asked, client ?? asked.admin, VERSION);
    if (version === undefined || keyId === undefined)
      return version !== undefined;
    const known = await answerTo(asked, asked.admin, PUBLIC_KEYS);
    const { keys } = attempt(() => JWKS(known)) ?? { keys: [] };
    return keys.some(({ kid }) => kid === keyId);
  };
}

/** The answer of an API server; `undefined` if it does not answer now, or refuses the client. */
async function answerTo(
  { host, address, port }: AskedServer,
  client: Client,
  request: ServerRequest,
): Promise<unknown> {
  const server = new Server({
    title: `The API server of ${host.name}`,
    host,
    address,
    port,
    // Its certificate is of the old or of the new CA, and SSH ensures that this is the right host.
    tls: { client },
  });
  try {
    return await server.request(request);
  } catch (error) {
    if (isTemporary(error) || isRefusal(error, 401, 403, 404)) return undefined;
    throw error;
  } finally {
    server.close();
  }
}

async function newClient(
  { certificate, key }: NonNullable<RotationRequest["authority"]>,
  store: Store,
  clock: Clock,
): Promise<Client> {
  const issuer = parseCertificate(needed(store, certificate));
  const issuerKey = readPrivateKey(needed(store, key));
  if (!issuer || !issuerKey)
    throw brokenGeneration(store.shown(issuer ? key : certificate));
  const own = await generateKey("ECDSA-P256");
  const cert = await issueCertificate(
    {
      subject: { commonName: ASKING_USER },
      usages: ["clientAuth"],
      keyAlgorithm: "ECDSA-P256",
      validity: "1h0m0s",
    },
    own,
    { certificate: issuer.x509, key: issuerKey },
    new Date(clock.now()),
  );
  return { cert, key: privatePem(own) };
}

/** The id of the newest public key in a file, which stands first. */
export function newestKeyId(path: string, file: Buffer, store: Store): string {
  const found = readPublicKeys(file);
  if ("problem" in found || found.keys.length === 0)
    throw brokenGeneration(store.shown(path));
  return publicKeyId(found.keys[0]);
}

/** A file of the store that has to be there. */
export function needed(store: Store, path: string): Buffer {
  const content = store.read(path);
  if (!content) throw brokenGeneration(store.shown(path));
  return content;
}
