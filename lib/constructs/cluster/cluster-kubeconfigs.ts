import type { Construct } from "constructs";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import type { Site } from "../../catalog/site";
import { publicServer } from "../../render/kubeconfig";
import { Batch } from "../../terraform/batch";
import type { Store } from "../../terraform/store";
import type { ICertificateAuthority } from "../pki/authority";
import type { UserProps } from "../site/control-plane-props";
import { Duration } from "../duration";
import { duplicateUser, invalidUser } from "../errors";
import { KeyAlgorithm } from "../pki/key-algorithm";
import { Kubeconfig } from "../pki/kubeconfig";
import { KubeconfigUser } from "../pki/kubeconfig-user";

/** What the kubeconfigs of people have in common. */
export interface ClusterKubeconfigsProps {
  readonly store: Store;
  readonly site: Site;
  readonly certificateAuthority: ICertificateAuthority;
  /** Applies to kubeconfigs that do not set their own. */
  readonly renewBefore?: Duration;
}

/** The kubeconfigs of a cluster's users, in its store. */
export class ClusterKubeconfigs {
  readonly batch: Batch;

  constructor(
    cluster: Construct,
    private readonly props: ClusterKubeconfigsProps,
  ) {
    this.batch = new Batch(cluster, "kubeconfigs", {
      store: props.store,
      name: "kubeconfigs",
      title: "kubeconfigs",
    });
  }

  addAdmin(): Kubeconfig {
    const { nodes, runtime } = this.props.site;
    const [node] = nodes;
    const { commonName, organizations } = kubeconfigRow("admin").subject(node);
    return this.add("admin", {
      commonName,
      organizations:
        runtime.kind === "processes"
          ? // Experiments on a debugging cluster may delete role bindings, so the administrator must not depend on one.
            kubeconfigRow("super-admin").subject(node).organizations
          : organizations,
    });
  }

  /** Throws if the name cannot be a file name, or is taken. */
  validateUser(name: string): void {
    if (!/^[A-Za-z0-9][\w.@+-]*$/.test(name)) throw invalidUser(name);
    if (this.batch.node.tryFindChild(name)) throw duplicateUser(name);
  }

  addUser(name: string, props: UserProps): Kubeconfig {
    const subject = { commonName: name, organizations: props.groups };
    return this.add(name, subject, props);
  }

  private add(
    name: string,
    subject: { commonName: string; organizations?: readonly string[] },
    props: UserProps = {},
  ): Kubeconfig {
    const { site, certificateAuthority } = this.props;
    const { validity = Duration.hours(site.certificateValidity), namespace } =
      props;
    return new Kubeconfig(this.batch, name, {
      certificateAuthority,
      server: publicServer(site),
      clusterName: site.clusterName,
      user: KubeconfigUser.certificate(subject),
      namespace,
      keyAlgorithm: KeyAlgorithm.of(site.keyAlgorithm),
      validity,
      renewBefore: props.renewBefore ?? this.renewBeforeWithin(validity),
      purpose: `kubeconfig of ${subject.commonName}`,
      batch: this.batch,
    });
  }

  /**
   * The cluster's `renewBefore`, if it is meant for so long a validity. The kubeconfig of a user is often valid for a
   * shorter time than the cluster's certificates, and then has the default.
   */
  private renewBeforeWithin(validity: Duration): Duration | undefined {
    const { site, renewBefore } = this.props;
    const isShort =
      validity.toHours() < site.certificateValidity &&
      renewBefore !== undefined &&
      renewBefore.toHours() >= validity.toHours();
    return isShort ? undefined : renewBefore;
  }
}
