import { Construct } from "constructs";
import {
  ENCRYPTION_KEY_BYTES,
  encryptionKeyPath,
} from "../../catalog/encryption";
import type { EncryptionKeySpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Anchor } from "../../terraform/anchor";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { Guard } from "../../terraform/guard";
import type { Store } from "../../terraform/store";
import { yamlTemplate } from "../../terraform/template";
import { PRIVATE } from "../files";

const ID = "encryption";

/**
 * The keys with which API servers encrypt values in etcd, one for each generation. They are made once. Keys of earlier
 * generations stay, because backups of that time cannot be read without them.
 */
export class EncryptionKeys extends Construct {
  /** The keys of a store, up to a generation. */
  static of(store: Store, generation: number): EncryptionKeys {
    const known = store.node.tryFindChild(ID) as EncryptionKeys | undefined;
    const keys = known ?? new EncryptionKeys(store);
    for (let each = 1; each <= generation; each++) keys.add(each);
    return keys;
  }

  private readonly byGeneration = new Map<number, Artefact>();

  private constructor(private readonly store: Store) {
    super(store, ID);
  }

  /** The key of a generation. */
  artefactOf(generation: number): Artefact {
    return this.byGeneration.get(generation)!;
  }

  private add(generation: number): void {
    if (this.byGeneration.has(generation)) return;
    const { store } = this;
    const scope = new Construct(this, `generation-${generation}`);
    const path = encryptionKeyPath(generation);
    const purpose = `encryption key of generation ${generation}`;
    const what = `the ${purpose}`;
    const spec: EncryptionKeySpec = { bytes: ENCRYPTION_KEY_BYTES };
    const batch = new Batch(scope, "batch", {
      store,
      name: path,
      title: path,
      tornDown: false,
    });
    const artefact = new Artefact(scope, "Resource", {
      store,
      batch,
      kind: "encryption-key",
      purpose,
      files: [{ path, ...PRIVATE }],
      spec: yamlTemplate(spec, toYaml),
      irreplaceable: true,
    });
    new Guard(scope, "guard", {
      store,
      batch,
      artefact,
      what,
      loss: "nothing that it encrypted in etcd and in backups could be read any more",
      anchors: () => anchors,
    });
    const [file] = artefact.files;
    const anchors = [
      new Anchor(scope, "key-anchor", {
        artefact,
        file,
        what,
        danger:
          "Values that the right key encrypted could not be read with this one.",
      }),
    ];
    this.byGeneration.set(generation, artefact);
  }
}
