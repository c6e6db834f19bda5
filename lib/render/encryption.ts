import {
  encryptionKeyName,
  type EncryptionProvider,
  type EncryptionTarget,
} from "../catalog/encryption";
import type { Reference } from "./specs";

/** A key of an EncryptionConfiguration. */
export interface RenderedKey {
  readonly generation: number;
  readonly secret: string | Reference;
}

/** A provider with its keys. `identity` has none. */
export interface RenderedProvider {
  readonly provider: EncryptionProvider;
  readonly keys: readonly RenderedKey[];
}

/** How the values of some resources are read and written: the first key of the first provider writes. */
export interface EncryptedResources {
  readonly resources: readonly string[];
  readonly providers: readonly RenderedProvider[];
}

/** @see https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/#apiserver-config-k8s-io-v1-EncryptionConfiguration */
export const encryptionConfiguration = (
  entries: readonly EncryptedResources[],
) => ({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "EncryptionConfiguration",
  resources: entries.map(({ resources, providers }) => ({
    providers: providers.map(({ provider, keys }) => ({
      [provider]:
        provider === "identity"
          ? {}
          : {
              keys: keys.map(({ generation, secret }) => ({
                name: encryptionKeyName(generation),
                secret,
              })),
            },
    })),
    resources,
  })),
});

/** The configuration with which values are read and written in one way only. */
export const finalConfiguration = (
  { provider, generation, resources }: EncryptionTarget,
  secret: string | Reference,
) =>
  encryptionConfiguration([
    {
      resources,
      providers: [
        {
          provider,
          keys: provider === "identity" ? [] : [{ generation, secret }],
        },
      ],
    },
  ]);
