import { Construct } from "constructs";
import type { KeyPairSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Anchor } from "../../terraform/anchor";
import { Artefact, type ArtefactFile } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { Guard } from "../../terraform/guard";
import type { Store } from "../../terraform/store";
import { yamlTemplate } from "../../terraform/template";
import { storeMismatch } from "../errors";
import { type FileAccess, PRIVATE } from "../files";
import { KeyAlgorithm } from "./key-algorithm";
import { checkProps } from "../../props/check";

/** Describes a key pair. */
export interface KeyPairProps {
  /** The store in which it is made. */
  readonly store: Store;

  /**
   * Its algorithm. It cannot be changed once the key pair exists.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * Its path in the store, without `.key` and `.pub`.
   * @default - `pki/<id>`
   */
  readonly path?: string;

  /**
   * A description for error messages.
   * @default - `key pair <id>`
   */
  readonly purpose?: string;

  /**
   * The key pair whose place it takes: its previous generation, whose public keys stay valid beside its own. It must be in
   * the same store.
   * @default - none
   */
  readonly previous?: KeyPair;

  /**
   * Whether tokens that its previous generation signed are still accepted. Set it to `false` once no such token is in use
   * any more; then `previous` is no longer needed.
   * @default true
   */
  readonly trustPrevious?: boolean;

  /** Whether it keeps its key although `keyAlgorithm` changed. @internal */
  readonly keepsKey?: boolean;
}

/**
 * A private and a public key without a certificate, which sign and verify service account tokens. They are never made
 * again.
 */
export class KeyPair extends Construct {
  /** The store that contains it. */
  readonly store: Store;
  /**
   * Its previous generation, if tokens that it signed are still accepted.
   * @default - none
   */
  readonly previous?: KeyPair;
  /** Whether there was a generation before it. @internal */
  readonly isLater: boolean;
  /** @internal */
  readonly artefact: Artefact;

  constructor(scope: Construct, id: string, props: KeyPairProps) {
    super(scope, id);
    checkProps("KeyPairProps", props, `KeyPair "${id}"`);
    this.store = props.store;
    const { store } = props;
    const path = props.path ?? `pki/${id}`;
    const purpose = props.purpose ?? `key pair ${id}`;
    const { trustPrevious = true } = props;
    const previous = trustPrevious ? props.previous : undefined;
    this.previous = previous;
    this.isLater = props.previous !== undefined || !trustPrevious;
    if (previous && previous.store !== store)
      throw storeMismatch(
        `KeyPair "${id}"`,
        store.directory,
        previous.store.directory,
      );
    const spec: KeyPairSpec = {
      keyAlgorithm: (props.keyAlgorithm ?? KeyAlgorithm.RSA_2048).name,
      ...(previous && { previous: previous.artefact.files[1].path }),
      ...(!trustPrevious && { trustPrevious }),
    };
    const batch = new Batch(this, "batch", {
      store,
      name: path,
      title: path,
      tornDown: false,
    });
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch,
      kind: "key-pair",
      purpose,
      files: keyPairFiles(path),
      spec: yamlTemplate(spec, toYaml),
      irreplaceable: true,
      upstream: previous && [previous.artefact],
      keepsKey: props.keepsKey,
    });
    new Guard(this, "guard", {
      store,
      batch,
      artefact: this.artefact,
      what: `the ${purpose}`,
      exchangeable: true,
      anchors: () => anchors,
    });
    const [privateKey, publicKey] = this.artefact.files;
    const anchored = {
      artefact: this.artefact,
      what: `the ${purpose}`,
      exchangedWith: () => anchors,
    };
    const anchors = [
      new Anchor(this, "key-anchor", { ...anchored, file: privateKey }),
      new Anchor(this, "public-key-anchor", {
        ...anchored,
        file: publicKey,
        // It also holds the public keys of the previous generation.
        changesWithSpec: previous !== undefined,
      }),
    ];
  }

  /** The public key, in PEM. Known after the apply. */
  get publicKeyPem(): string {
    return this.artefact.textOf(this.artefact.files[1], "public-key-pem");
  }
}

/** The files of a key pair, in `pki/` in the store or on a node. @internal */
export function keyPairFiles(
  path: string,
  access: FileAccess = PRIVATE,
): ArtefactFile[] {
  return [
    { path: `${path}.key`, ...access },
    { path: `${path}.pub`, ...access },
  ];
}
