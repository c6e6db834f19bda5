import type { Construct } from "constructs";
import { Signatures } from "./signatures";
import { RemovalPolicy, StoreFolder, type StoreProps } from "./store-folder";
import { Teardown } from "./teardown";

/**
 * The folder with everything that is made for a cluster: its certificate authorities in `pki/`, kubeconfigs for people in
 * `kubeconfigs/`, each node's files in `nodes/<node>/root/`, and the cluster's objects in `objects/`. Each cluster has its
 * own store. Terraform must run on the machine that has it. Throws if another store of the app has the same folder.
 */
export class Store extends StoreFolder {
  /** @internal */
  readonly teardown: Teardown;
  /** Its {@link signatures}, if it has an external CA. @internal */
  waiting?: Signatures;

  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id, props);
    this.teardown = new Teardown(this, "teardown", {
      store: this,
      retainAuthorities: props.removalPolicy !== RemovalPolicy.DESTROY,
    });
  }

  /** The resource that fails while certificates of the store wait for a signature. It is created on first use. @internal */
  get signatures(): Signatures {
    return (this.waiting ??= new Signatures(this, "signatures", this));
  }
}
