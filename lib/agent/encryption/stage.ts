import type { EncryptionTarget } from "../../catalog/encryption";
import type { Inventory } from "../../store/inventory";

/**
 * How far API servers are on the way from one key to the next: they read what the next one encrypts; they write with it;
 * they know no other. An API server must never meet a value that it cannot read, so all have a stage before one gets the
 * next.
 */
export type Stage = "read" | "write" | "final";

/**
 * The stages, the last one first. If the same key goes on to write, as after a restore, two stages have one configuration:
 * then the later one is reached.
 */
export const STAGES: readonly Stage[] = ["final", "write", "read"];

/** An API server, and the EncryptionConfiguration that lies beside it. */
export interface EncryptingServer {
  readonly name: string;
  /**
   * The stage of its configuration; `other`: one that is none of these; `plain`: it has none, and runs without; `none`:
   * there is no API server yet.
   */
  readonly has: Stage | "other" | "plain" | "none";
  /** It uses that configuration. */
  readonly uses: boolean;
}

export interface EncryptionView {
  /** All values in etcd are as the program says. */
  readonly isSettled: boolean;
  /** API servers read a new configuration while they run. Absent: they restart. */
  readonly reloads?: boolean;
  readonly servers: readonly EncryptingServer[];
}

/** The stage that the API servers should have now. */
export function stageOf({ isSettled, servers }: EncryptionView): Stage {
  if (isSettled) return "final";
  const hasOneOf = (...stages: readonly EncryptingServer["has"][]) =>
    servers.some(({ has }) => stages.includes(has));
  // Values may have been written with the next key already.
  if (hasOneOf("write", "final")) return "write";
  const isRunning = servers.some(({ has }) => has !== "none");
  return !isRunning || servers.every(({ has, uses }) => has === "read" && uses)
    ? "write"
    : "read";
}

/** Whether two targets want the same of the same resources. */
export const isSameTarget = (
  one: EncryptionTarget | undefined,
  other: EncryptionTarget,
): boolean =>
  one !== undefined &&
  one.provider === other.provider &&
  one.generation === other.generation &&
  [...one.resources].sort().join() === [...other.resources].sort().join();

/**
 * Whether all values are as the program says.
 *
 * @param isNew etcd has no data, so API servers write all of them as the program says
 */
export const isProved = (
  target: EncryptionTarget,
  inventory: Pick<Inventory, "encryption" | "encrypting">,
  isNew: boolean,
): boolean => isSettled(target, inventory) || (isNew && !inventory.encrypting);

/** Whether a rollout has proved that all values are as the program says. */
export const isSettled = (
  target: EncryptionTarget,
  { encryption, encrypting }: Pick<Inventory, "encryption" | "encrypting">,
): boolean => encrypting === undefined && isSameTarget(encryption, target);

/** The inventory after it was proved. */
export const withSettled = (
  inventory: Inventory,
  { provider, generation, resources }: EncryptionTarget,
): Inventory => ({
  ...inventory,
  encryption: { provider, generation, resources },
  encrypting: undefined,
});

/** The inventory from which on nothing is proved. */
export const withBegun = (
  inventory: Inventory,
  { provider, generation, resources }: EncryptionTarget,
): Inventory => ({
  ...inventory,
  encrypting: { provider, generation, resources },
});
