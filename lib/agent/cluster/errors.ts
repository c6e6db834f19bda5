import type { EditableConfiguration } from "../../catalog/edited-configuration";
import { AgentError, lines } from "../../base/errors";
import { visibleLines } from "../../base/visible";

/** There was no answer: nothing listens, the connection broke, or the time was over. */
export class UnreachableError extends AgentError {
  constructor(
    /** Whether the request certainly did not reach the server. */
    readonly unsent: boolean,
    ...message: readonly string[]
  ) {
    super(visibleLines(message));
  }
}

/** The answer of a server that does not fulfil a request. */
export interface Refusal {
  readonly status: number;
  /** The server's message. */
  readonly said: string;
  /** The reason in Kubernetes' API: `NotFound`, `AlreadyExists`, … */
  readonly reason?: string;
  readonly details?: {
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly {
      readonly field?: string;
      readonly message?: string;
    }[];
  };
  /** Milliseconds after which the server wants the request to be repeated. */
  readonly retryAfter?: number;
}

export class StatusError extends AgentError {
  constructor(
    readonly refusal: Refusal,
    ...message: readonly string[]
  ) {
    super(visibleLines(message));
  }
}

export const serverUnreachable = (
  server: string,
  reason: string,
  unsent: boolean,
) =>
  new UnreachableError(
    unsent,
    `${server} does not answer: ${reason}.`,
    "Find the cause in its log on the node (`crictl ps -a`, then `crictl logs`, or /var/log/pods), then apply again.",
  );

export const untrustedServer = (server: string, reason: string) =>
  lines(
    `${server} is not trusted: ${reason}.`,
    "The server's certificate has to be signed by the CA in the store: check that the address leads to this cluster, and that the node got its files from this store.",
  );

export const unexpectedServerAnswer = (
  server: string,
  request: string,
  reason: string,
) =>
  lines(
    `${server} gave an unexpected answer to ${request}: ${reason}.`,
    "No server of Kubernetes or etcd answers like this: check which program listens there, and whether somebody has tampered with the machine.",
  );

/** The answer has more bytes than are read. */
export class TooLargeError extends AgentError {}

export const tooLargeAnswer = (
  server: string,
  request: string,
  limit: string,
): TooLargeError => {
  const { message } = unexpectedServerAnswer(
    server,
    request,
    `it has more than ${limit}`,
  );
  return new TooLargeError(message);
};

export const requestRefused = (
  server: string,
  request: string,
  refusal: Refusal,
) =>
  new StatusError(
    refusal,
    `${server} answers ${request} with ${refusal.status}: ${refusal.said}.`,
    "Remove the cause and apply again; finished steps are not repeated.",
  );

export const unusableKubeconfig = (path: string, reason: string) =>
  lines(
    `${path} cannot be used: ${reason}.`,
    "Allowed is a kubeconfig with a current context and embedded certificates. Delete the file and apply again: it will be made again.",
  );

export class UnknownKindError extends AgentError {}

export const unknownKind = (apiVersion: string, kind: string) =>
  new UnknownKindError(
    visibleLines([
      `The cluster does not know the kind ${kind} of ${apiVersion}.`,
      "Allowed are Kubernetes' own kinds and those that an earlier CustomResourceDefinition defines: check the spelling, or add the definition before the object.",
    ]),
  );

export const incompleteObject = (file: string, missing: string) =>
  lines(
    `An object in ${file} has no ${missing}.`,
    "Each object needs apiVersion, kind and metadata.name. Only a bootstrap token may have a generateName instead.",
  );

/** @param kind `Node` */
export const unusableObject = (file: string, kind: string, problem: string) =>
  lines(
    `A ${kind} in ${file} cannot be applied: ${problem}.`,
    "Correct the file from which it was made, or the values in the program.",
  );

export const unreadableObjects = (file: string, reason: string, line: number) =>
  lines(
    `${file} is not YAML that Kubernetes accepts: ${reason}, line ${line}.`,
    "Correct the file from which it was made, or the values in the program.",
  );

export const invalidObjectName = (
  file: string,
  field: string,
  given: unknown,
) =>
  lines(
    `An object in ${file} has the ${field} ${JSON.stringify(given)}.`,
    'Allowed is any text without / and % that is neither "." nor "..".',
  );

export const objectTwice = (object: string, file: string, other: string) =>
  lines(
    `${object} is in ${file === other ? `${file} twice` : `${file} and in ${other}`}.`,
    "Each object may be described only once: remove one of the two.",
  );

export const objectRefused = (file: string, object: string, said: string) =>
  lines(
    `${object}, in ${file}, is not accepted by the cluster: ${said}.`,
    "Correct it in the program and apply again. If a field cannot be changed, delete the object with kubectl first: the next apply creates it.",
  );

export const nodeNotRegistered = (name: string, waited: string) =>
  lines(
    `${name} is not among the cluster's nodes after ${waited}.`,
    "Its kubelet has to register it: find the cause with `journalctl -u kubelet` on the host, then apply again.",
  );

/** Why etcd refuses a request. Some reasons are handled, all others are `other`. */
export type EtcdRefusal =
  | "not-ready" // a learner cannot be promoted before it has caught up with the leader
  | "too-many-learners"
  | "unhealthy" // too few members are connected to add or remove one
  | "no-leader"
  | "exists"
  | "not-found"
  | "not-a-learner"
  | "compacted" // to this revision or a later one, already
  | "other";

/** @see https://github.com/etcd-io/etcd/blob/v3.6.6/api/v3rpc/rpctypes/error.go */
const ETCD_REFUSALS: readonly (readonly [RegExp, EtcdRefusal])[] = [
  [/learner member which is in sync with leader/, "not-ready"],
  [/too many learner members/, "too-many-learners"],
  [
    /unhealthy cluster|not enough started members|re-configuration failed/,
    "unhealthy",
  ],
  [
    /no leader|not leader|leader changed|leadership transferred|request timed out|deadline exceeded/,
    "no-leader",
  ],
  [/Peer URLs already exists|member ID already exist/, "exists"],
  [/member not found/, "not-found"],
  [/can only promote a learner member$/, "not-a-learner"],
  [/required revision has been compacted/, "compacted"],
];

export class EtcdError extends StatusError {
  constructor(
    readonly kind: EtcdRefusal,
    refusal: Refusal,
    ...message: readonly string[]
  ) {
    super(refusal, ...message);
  }
}

export function etcdRefused(
  server: string,
  request: string,
  refusal: Refusal,
): EtcdError {
  const { said } = refusal;
  const [, kind = "other" as const] =
    ETCD_REFUSALS.find(([words]) => words.test(said)) ?? [];
  return new EtcdError(
    kind,
    refusal,
    `${server} refuses to ${request}: ${said}.`,
    "Examine the members with `cdktf-control-plane etcd status`, and run this again when most of them are healthy.",
  );
}

export const tokenNotAccepted = (tokenId: string, waited: string) =>
  lines(
    `The bootstrap token ${tokenId} is not accepted by the API server after ${waited}.`,
    "Nodes join with bootstrap tokens, so the API server needs --enable-bootstrap-token-auth=true. Check whether `apiServer.extraArgs` changes it.",
  );

export const brokenSnapshot = (server: string, reason: string) =>
  lines(
    `${server} did not give a whole snapshot: ${reason}.`,
    "Examine the member's log, and run the same command again.",
  );

/** A line for people: it is no error. */
export const keptEdit = ({
  name,
  field,
  prop,
  editor,
}: EditableConfiguration & { readonly editor: string }): string =>
  `cluster objects: ${field} of ConfigMap kube-system/${name} was edited in the cluster (by ${editor}) and is kept. To give your own from the program, set ${prop}; to have the default again, delete the ConfigMap and deploy.`;
