import {
  type ClusterKey,
  CLUSTER_KEYS,
  type KeyGeneration,
  type KeyGenerations,
} from "../../catalog/authorities";
import { invalidGeneration, nothingToTrust } from "./generation-errors";

/** Which generation of a key the cluster uses. */
export interface KeyGenerationProps {
  /**
   * The number of the generation, from 1 on. Raise it by 1 to get a new key: the deploy makes it, moves the cluster to it,
   * and keeps the trust in the previous generation. It never goes back.
   */
  readonly generation: number;

  /**
   * Whether what the previous generation signed is still trusted. Set it to `false` once nothing uses it any more;
   * `cdktf-control-plane inspect` shows what of the store does.
   * @default - true from generation 2 on
   */
  readonly trustPrevious?: boolean;
}

/** The generations of a cluster's own keys. */
export interface ClusterKeysProps {
  /**
   * All keys that are not named here. A CA that you pass to the control plane is not one of them.
   * @default - generation 1
   */
  readonly all?: KeyGenerationProps;

  /**
   * The Kubernetes CA.
   * @default - as `all`
   */
  readonly kubernetes?: KeyGenerationProps;

  /**
   * The CA of etcd.
   * @default - as `all`
   */
  readonly etcd?: KeyGenerationProps;

  /**
   * The CA of the front proxy, which signs the certificates with which API servers call aggregated ones.
   * @default - as `all`
   */
  readonly frontProxy?: KeyGenerationProps;

  /**
   * The key pair that signs the tokens of service accounts.
   * @default - as `all`
   */
  readonly serviceAccounts?: KeyGenerationProps;
}

export type Generations = Readonly<Record<ClusterKey, KeyGeneration>>;

/** The generation of each key, checked. */
export function generationsOf(keys: ClusterKeysProps = {}): Generations {
  const generations = CLUSTER_KEYS.map((key) => {
    const from = keys[key] ? key : "all";
    return [key, generationOf(from, keys[from])] as const;
  });
  return Object.fromEntries(generations) as Generations;
}

function generationOf(
  name: keyof ClusterKeysProps,
  { generation, trustPrevious }: KeyGenerationProps = { generation: 1 },
): KeyGeneration {
  if (!Number.isSafeInteger(generation) || generation < 1)
    throw invalidGeneration(name, generation);
  if (generation === 1 && trustPrevious) throw nothingToTrust(name);
  return {
    number: generation,
    trustsPrevious: trustPrevious ?? generation > 1,
  };
}

/** The generations after the first. `undefined` if there are none. */
export function laterGenerations(
  keys: ClusterKeysProps | undefined,
): KeyGenerations | undefined {
  const later = Object.entries(generationsOf(keys)).filter(
    ([, { number }]) => number > 1,
  );
  return later.length > 0 ? Object.fromEntries(later) : undefined;
}
