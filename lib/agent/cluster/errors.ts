import { AgentError } from "../../base/errors";
import { visibleLines } from "../../base/visible";

/** No answer came: nobody listens, the connection broke, or time was over. */
export class UnreachableError extends AgentError {
  constructor(
    message: string,
    /** Whether the server cannot have got the request. */
    readonly unsent: boolean,
  ) {
    super(message);
  }
}

/** What a server says of a request that it doesn't fulfil. */
export interface Refusal {
  readonly status: number;
  /** In the server's own words. */
  readonly said: string;
  /** Kubernetes' word for it: `NotFound`, `AlreadyExists`, … */
  readonly reason?: string;
  readonly details?: {
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly {
      readonly field?: string;
      readonly message?: string;
    }[];
  };
  /** Milliseconds until it makes sense to ask again. */
  readonly retryAfter?: number;
}

export class StatusError extends AgentError {
  constructor(
    message: string,
    readonly refusal: Refusal,
  ) {
    super(message);
  }
}

const text = (...parts: readonly string[]): string => visibleLines(parts);

export function serverUnreachable(
  server: string,
  reason: string,
  unsent: boolean,
): UnreachableError {
  return new UnreachableError(
    text(
      `${server} does not answer: ${reason}.`,
      "Look at its log on the node (`crictl ps -a`, then `crictl logs`, or /var/log/pods), then apply again.",
    ),
    unsent,
  );
}

export function untrustedServer(server: string, reason: string): AgentError {
  return new AgentError(
    text(
      `${server} cannot be talked to safely: ${reason}.`,
      "The server's certificate and the store's have to be of the same authority: check that the address leads to this cluster, and that the node got its files from this store.",
    ),
  );
}

export function strangeServerAnswer(
  server: string,
  request: string,
  reason: string,
): AgentError {
  return new AgentError(
    text(
      `${server} answers ${request} with something else than it should: ${reason}.`,
      "Look who listens there, and who has been on the machine: no honest server of Kubernetes or etcd says that.",
    ),
  );
}

export function requestRefused(
  server: string,
  request: string,
  refusal: Refusal,
): StatusError {
  return new StatusError(
    text(
      `${server} answers ${request} with ${refusal.status}: ${refusal.said}.`,
      "Apply again when the reason is gone: what was done already is kept.",
    ),
    refusal,
  );
}

export function unusableKubeconfig(path: string, reason: string): AgentError {
  return new AgentError(
    text(
      `${path} cannot be used: ${reason}.`,
      "Allowed is a kubeconfig with one current context and embedded certificates. Delete the file and apply again: it is made anew.",
    ),
  );
}

export class UnknownKindError extends AgentError {}

export function unknownKind(
  apiVersion: string,
  kind: string,
): UnknownKindError {
  return new UnknownKindError(
    text(
      `The cluster knows no ${kind} of ${apiVersion}.`,
      "Allowed are Kubernetes' own kinds and those that a CustomResourceDefinition of an earlier object defines: check the spelling, or add the definition before.",
    ),
  );
}

export function incompleteObject(file: string, missing: string): AgentError {
  return new AgentError(
    text(
      `An object in ${file} has no ${missing}.`,
      "Each needs apiVersion, kind and metadata.name: only a bootstrap token may have a generateName.",
    ),
  );
}

export function unreadableObjects(
  file: string,
  reason: string,
  line: number,
): AgentError {
  return new AgentError(
    text(
      `${file} is not YAML that Kubernetes takes: ${reason}, line ${line}.`,
      "Correct the file that it was made from, or the values that the program was given.",
    ),
  );
}

export function invalidObjectName(
  file: string,
  field: string,
  given: unknown,
): AgentError {
  return new AgentError(
    text(
      `An object in ${file} has the ${field} ${JSON.stringify(given)}.`,
      'Allowed is a text without / and %, which is neither "." nor "..".',
    ),
  );
}

export function objectTwice(
  object: string,
  file: string,
  other: string,
): AgentError {
  return new AgentError(
    text(
      `${object} is in ${file === other ? `${file} twice` : `${file} and in ${other}`}.`,
      "One object is described once: remove one of the two.",
    ),
  );
}

export function objectRefused(
  file: string,
  object: string,
  said: string,
): AgentError {
  return new AgentError(
    text(
      `${object}, in ${file}, is not accepted by the cluster: ${said}.`,
      "Correct it in the program and apply again. Where a field can't be changed any more, delete the object with kubectl first: the next apply creates it.",
    ),
  );
}

export function nodeNotRegistered(name: string, waited: string): AgentError {
  return new AgentError(
    text(
      `${name} is not among the cluster's nodes after ${waited}.`,
      "Its kubelet registers it: look at `journalctl -u kubelet` on that machine, then apply again.",
    ),
  );
}

/** Why etcd refuses, where something follows from it. */
export type EtcdRefusal =
  | "not-ready" // to be promoted: it hasn't caught up with the leader yet
  | "too-many-learners"
  | "unhealthy" // too few members are connected to change their number
  | "no-leader"
  | "exists"
  | "not-found"
  | "not-a-learner"
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
];

export class EtcdError extends StatusError {
  constructor(
    message: string,
    refusal: Refusal,
    readonly kind: EtcdRefusal,
  ) {
    super(message, refusal);
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
    text(
      `${server} does not ${request}: ${said}.`,
      "Look at the members with `etcdctl endpoint status --cluster`, and apply again when most of them are healthy.",
    ),
    refusal,
    kind,
  );
}

export function tokenNotAccepted(tokenId: string, waited: string): AgentError {
  return new AgentError(
    text(
      `The bootstrap token ${tokenId} is not accepted by the API server after ${waited}.`,
      "Nodes join with such tokens: the API server needs --enable-bootstrap-token-auth=true, which `apiServer.extraArgs` may have taken away.",
    ),
  );
}
