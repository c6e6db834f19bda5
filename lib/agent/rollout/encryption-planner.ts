import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import { NO_CHANGES } from "./changes";
import {
  type EncryptionStepKind,
  FULL_DELIVERIES,
  type Step,
  type StepKind,
  stepOf,
} from "./step";
import { isDone, type Progress } from "./view";
import {
  type EncryptingServer,
  type EncryptionView,
  type Stage,
  stageOf,
} from "../encryption/stage";

/** The step that brings a stage to an API server. */
const STEPS: Readonly<Record<Stage, EncryptionStepKind>> = {
  read: "read key",
  write: "write key",
  final: "drop key",
};

/**
 * The next step towards values that are encrypted as the program says: all API servers get a stage before one of them
 * gets the next, and the last one comes after the proof.
 *
 * @param atOnce how many API servers may restart at once
 */
export function encryptionStep(
  progress: Progress,
  encryption: EncryptionView,
  atOnce: number,
): Step | undefined {
  const { servers, reloads } = encryption;
  const stage = stageOf(encryption);
  const behind = servers.filter(
    ({ has, uses }) =>
      has !== stage ||
      // One that does not tell was restarted, or is going to be, by what starts it.
      (!uses && (reloads || stage !== "final")),
  );
  // One that reads the configuration while it runs serves on.
  const next = reloads ? behind : behind.slice(0, atOnce);
  if (next.length > 0) return stepOf(STEPS[stage], next);
  if (stage !== "write") return undefined;
  return stepOf(isDone(progress, "rewrite") ? "settle" : "rewrite", []);
}

/** The expected state of encryption after a step. */
export function encryptionAfter(
  encryption: EncryptionView,
  { kind, nodes, changes = {} }: Step,
): EncryptionView {
  const stage = stageOf(encryption);
  if (kind === "settle") return { ...encryption, isSettled: true };
  const isBrought = Object.values(STEPS).some((each) => each === kind);
  if (!isBrought && !DELIVERIES.includes(kind)) return encryption;
  // An API server reads its configuration when it starts; whether it did, only one that tells can prove.
  const starts = (name: string): boolean => {
    const { starts, restarts } = changes[name] ?? NO_CHANGES;
    return (
      encryption.reloads === true &&
      (kind === "start process" ||
        [...starts, ...restarts].includes(KUBE_APISERVER.id))
    );
  };
  const after = (server: EncryptingServer): EncryptingServer => ({
    ...server,
    has: stage,
    uses:
      isBrought || starts(server.name) || (server.has === stage && server.uses),
  });
  return {
    ...encryption,
    servers: encryption.servers.map((server) =>
      nodes.includes(server.name) ? after(server) : server,
    ),
  };
}

/** The steps that bring a node everything, and so the configuration whose turn it is. */
const DELIVERIES: readonly StepKind[] = [...FULL_DELIVERIES, "start process"];
