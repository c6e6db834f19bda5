import { Construct } from "constructs";
import { parseAddress } from "../../catalog/addresses";
import { VRRP_SECRET } from "../../catalog/endpoint";
import type { Address, VirtualIp } from "../../catalog/site";
import { vrrpSecretSpec } from "../../render/endpoint-vip";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import type { Store } from "../../terraform/store";
import { yamlTemplate } from "../../terraform/template";
import { sharedRouterId, sharedVirtualIp } from "../site/endpoint-errors";
import { MODES } from "../files";

/**
 * The secret with which the nodes of a virtual IP authenticate each other. It is made at apply, and no plan shows it.
 */
export class VrrpSecret extends Construct {
  /** Returns the secret of a store. Throws if another cluster of the app has the same virtual IP or router id. */
  static of(store: Store, virtualIp: VirtualIp & Address): VrrpSecret {
    const { id } = VRRP_SECRET;
    const known = store.node.tryFindChild(id) as VrrpSecret | undefined;
    return known ?? new VrrpSecret(store, id, virtualIp);
  }

  readonly artefact: Artefact;
  readonly purpose = VRRP_SECRET.purpose;

  private constructor(
    private readonly store: Store,
    id: string,
    private readonly virtualIp: VirtualIp & Address,
  ) {
    super(store, id);
    this.validate();
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch: new Batch(this, "batch", { store, name: id, title: this.purpose }),
      kind: "secret",
      purpose: this.purpose,
      files: [{ path: VRRP_SECRET.path, mode: MODES.private }],
      spec: yamlTemplate(vrrpSecretSpec(), toYaml),
    });
  }

  private validate(): void {
    const { host, routerId } = this.virtualIp;
    for (const other of this.node.root.node.findAll()) {
      if (!(other instanceof VrrpSecret) || other === this) continue;
      const owner = other.store.node.path;
      if (normalized(other.virtualIp.host) === normalized(host))
        throw sharedVirtualIp(host, owner);
      if (other.virtualIp.routerId === routerId)
        throw sharedRouterId(routerId, host, owner);
    }
  }
}

/** The same for all spellings of an address. */
const normalized = (address: string): string =>
  String(parseAddress(address)?.value ?? address);
