import {
  ENCRYPTION_FLAG,
  type EncryptionProvider,
  type EncryptionTarget,
  RELOAD_FLAG,
  STORED_RESOURCES,
  storedResource,
} from "../../catalog/encryption";
import type { Site } from "../../catalog/site";
import { checkProps } from "../../props/check";
import {
  encryptionOfDirectories,
  encryptionOfExternalEtcd,
  encryptionSaidTwice,
  invalidGeneration,
  noEncryptedResources,
  resourceTwice,
  unknownResource,
} from "./encryption-errors";

/** Describes which values API servers encrypt in etcd, and with which key. */
export interface EncryptionProps {
  /**
   * The resources whose values are encrypted, at least one: `secrets`, `configmaps`, `deployments.apps`. They are
   * resources of Kubernetes itself. One that is added is encrypted, and one that leaves the list is decrypted.
   */
  readonly resources: readonly string[];

  /**
   * The number of the key. A cluster begins with 1; the next one is the present one plus 1, and makes another key, with
   * which the deploy encrypts all values again. Changing the provider needs the next generation, too.
   */
  readonly generation: number;
}

/**
 * How API servers encrypt values before they write them into etcd. The key is made in the store at apply.
 * @see https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
 */
export class Encryption {
  /** Encrypts with XSalsa20 and Poly1305, which needs no further care: a key can encrypt any number of values. */
  static secretbox(props: EncryptionProps): Encryption {
    checkProps("EncryptionProps", props, "Encryption.secretbox");
    return new Encryption("secretbox", props);
  }

  /**
   * Encrypts with AES-GCM and a random nonce. Kubernetes demands another key after at most 200,000 writes of encrypted
   * values, so raise the generation before that. Nothing counts them for you.
   */
  static aesgcm(props: EncryptionProps): Encryption {
    checkProps("EncryptionProps", props, "Encryption.aesgcm");
    return new Encryption("aesgcm", props);
  }

  /**
   * Encrypts nothing. This turns encryption off: the deploy decrypts all values. Afterwards `encryption` may be removed
   * from the program.
   */
  static identity(props: EncryptionProps): Encryption {
    checkProps("EncryptionProps", props, "Encryption.identity");
    return new Encryption("identity", props);
  }

  /** @internal */
  readonly target: EncryptionTarget;

  private constructor(
    provider: EncryptionProvider,
    { generation, resources }: EncryptionProps,
  ) {
    if (!Number.isSafeInteger(generation) || generation < 1)
      throw invalidGeneration(generation);
    if (resources.length === 0) throw noEncryptedResources();
    resources.forEach((name, at) => {
      if (!storedResource(name))
        throw unknownResource(
          at,
          name,
          STORED_RESOURCES.map((row) => row.name),
        );
      if (resources.indexOf(name) !== at) throw resourceTwice(at, name);
    });
    this.target = { provider, generation, resources };
  }
}

/** Throws if a rollout could not encrypt what the API servers wrote before, or prove that it did. */
export function validateEncryption({
  encryption,
  apiServer,
  etcd,
  nodes,
}: Site): void {
  if (!encryption) return;
  const flag = [ENCRYPTION_FLAG, RELOAD_FLAG].find(
    (name) => name in apiServer.extraArgs || name in apiServer.addArgs,
  );
  if (flag !== undefined) throw encryptionSaidTwice(flag);
  if (etcd.kind === "external") throw encryptionOfExternalEtcd();
  if (!nodes.every(({ hosted }) => hosted)) throw encryptionOfDirectories();
}
