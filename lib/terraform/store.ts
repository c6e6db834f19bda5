import type { Construct } from "constructs";
import { Signatures } from "./signatures";
import { RemovalPolicy, StoreFolder, type StoreProps } from "./store-folder";
import { Teardown } from "./teardown";

/**
 * The folder that holds what a cluster is made of: its authorities in `pki/`, kubeconfigs for people in
 * `kubeconfigs/`, each node's files in `nodes/<node>/root/`, the cluster's objects in `objects/`. One cluster,
 * one store; Terraform runs where it is. Throws where another store of the app has the same folder.
 */
export class Store extends StoreFolder {
  /** @internal */
  readonly teardown: Teardown;
  private signaturesResource?: Signatures;

  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id, props);
    this.teardown = new Teardown(this, "teardown", {
      store: this,
      retainAuthorities: props.removalPolicy !== RemovalPolicy.DESTROY,
    });
  }

  /** What fails while certificates of the store wait for a signature from elsewhere. @internal */
  get signatures(): Signatures {
    return (this.signaturesResource ??= new Signatures(
      this,
      "signatures",
      this,
    ));
  }

  /** The same, only where something may have to wait. @internal */
  get waiting(): Signatures | undefined {
    return this.signaturesResource;
  }
}
