import type { NodeRequest } from "./request";
import type { AccessRequest } from "./access";
import { urlHost as literalUrlHost } from "../catalog/addresses";

/**
 * A rollout's triggers for its nodes. They make a plan show why the rollout runs. `lib/terraform` writes them, and the
 * command line reads them from the state, because the state has no other record of the last apply.
 */
export const nodeTrigger = (node: string) => `node ${node}`;
/** The names of the nodes in a rollout's triggers. */
export const nodesIn = (triggers: object): string[] =>
  Object.keys(triggers).flatMap((name) =>
    name.startsWith(nodeTrigger(""))
      ? [name.slice(nodeTrigger("").length)]
      : [],
  );

export const checkTrigger = (node: string) => `check ${node}`;
export const labelsTrigger = (node: string) => `labels ${node}`;
export const taintsTrigger = (node: string) => `taints ${node}`;

/** Formats a host for `host:port`. Synthesis passes a function that also accepts tokens. */
type UrlHost = (host: string) => string;

/** `ssh admin@10.0.0.1:22 via jump.example.org` */
export function accessInWords(
  access: AccessRequest,
  urlHost: UrlHost = literalUrlHost,
): string {
  if (access.kind !== "ssh") return access.kind;
  const { user, host, port, jumpHost } = access;
  const at = user === undefined ? "" : `${user}@`;
  const address = port === undefined ? host : `${urlHost(host)}:${port}`;
  return `ssh ${at}${address}${jumpHost === undefined ? "" : ` via ${jumpHost}`}`;
}

type Host = Pick<NodeRequest, "access" | "machineId" | "retire">;

/** `ssh admin@10.0.0.1, machine 7, retire` */
export const hostInWords = (
  { access, machineId, retire }: Host,
  urlHost?: UrlHost,
): string =>
  [
    accessInWords(access, urlHost),
    ...(machineId === undefined ? [] : [`machine ${machineId}`]),
    ...(retire ? ["retire"] : []),
  ].join(", ");

/** The values in a text of {@link hostInWords}. */
export function readHostWords(words: string) {
  const [, access = words, machineId, retire] =
    /^(.*?)(?:, machine (.*?))?(, retire)?$/s.exec(words) ?? [];
  return {
    access,
    ...(machineId !== undefined && { machineId }),
    retire: retire !== undefined,
  };
}

export const labelsInWords = ({ labels }: Pick<NodeRequest, "labels">) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");

export const taintsInWords = ({ taints }: Pick<NodeRequest, "taints">) =>
  taints
    .map(
      ({ key, value, effect }) =>
        `${key}${value === undefined ? "" : `=${value}`}:${effect}`,
    )
    .join(", ");

/** Whether a rollout delivers files to a node's host. A directory node has no host. */
export const isHosted = ({ access }: Pick<NodeRequest, "access">): boolean =>
  access.kind !== "directory";
