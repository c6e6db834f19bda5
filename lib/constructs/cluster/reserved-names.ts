import {
  AUTHORITIES,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../../catalog/authorities";
import { reservedName } from "../errors";

const KEYS = [...AUTHORITIES, SERVICE_ACCOUNT_KEY_PAIR].map(({ id }) => id);

/** The ids of a control plane's own child constructs. Nodes are children too, so they cannot have these names. */
const RESERVED: readonly string[] = [
  "store",
  "etcd",
  "kubeconfigs",
  "objects",
  "rollout",
  "tokens",
  "workers",
  ...KEYS,
];

/** A later generation of a key: `ca-2`. */
const GENERATION = new RegExp(`^(${KEYS.join("|")})-\\d+$`);

/** Throws if a node cannot have a name, because the control plane needs it. */
export function requireFreeName(name: string): void {
  if (RESERVED.includes(name) || GENERATION.test(name))
    throw reservedName(name, "the control plane", RESERVED);
}
