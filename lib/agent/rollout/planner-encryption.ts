import {
  encryptionNeedsAll,
  encryptionWhileLeaving,
} from "../encryption/errors";
import { encryptionStep } from "./encryption-planner";
import { type NodeView, type Stage } from "./view";

/** While values get encrypted in another way, every API server has to take part. */
export const reachToEncrypt: Stage = ({ encryption, nodes }) => {
  if (!encryption || encryption.isSettled) return undefined;
  const servers = nodes.filter(
    ({ runs, retired }) => runs.apiServer && !retired,
  );
  const unreached = servers.filter(
    ({ status, reached }) => status === "stays" && !reached,
  );
  if (unreached.length > 0)
    return { refusal: encryptionNeedsAll(namesOf(unreached)) };
  const leaving = servers.filter(
    ({ status, reached }) => status !== "stays" && reached,
  );
  return leaving.length > 0
    ? { refusal: encryptionWhileLeaving(namesOf(leaving)) }
    : undefined;
};

/** Brings the API servers from one key to the next, once they match their trees in everything else. */
export const encrypt: Stage = (view) => {
  const { encryption, maxUnavailable } = view;
  const step = encryption && encryptionStep(view, encryption, maxUnavailable);
  return step && { step };
};

const namesOf = (nodes: readonly NodeView[]): string[] =>
  nodes.map(({ name }) => name);
