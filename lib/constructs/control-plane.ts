import { join } from "node:path";
import { Annotations, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import {
  type AuthorityId,
  authority,
  AUTHORITIES,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../catalog/authorities";
import { kubeconfigRow } from "../catalog/kubeconfigs";
import type { Site } from "../catalog/site";
import { PORTS } from "../catalog/ports";
import { certificatePath } from "../catalog/paths";
import { endpointServer } from "../render/kubeconfig";
import { controlPlaneNodeFacts } from "../render/node-request";
import { objectGroups } from "../render/objects";
import { toYamlDocuments } from "../render/yaml";
import { Artefact } from "../terraform/artefact";
import { Batch } from "../terraform/batch";
import { Rollout } from "../terraform/rollout";
import { type RemovalPolicy, Store } from "../terraform/store";
import { yamlTemplate } from "../terraform/template";
import {
  CertificateAuthority,
  type ICertificateAuthority,
} from "./certificate-authority";
import type { ClusterProps, NodeProps } from "./cluster-props";
import { ControlPlaneNode } from "./control-plane-node";
import { Duration } from "./duration";
import {
  duplicateUser,
  invalidUser,
  reservedName,
  storeMismatch,
  unknownNode,
} from "./errors";
import { EtcdCluster } from "./etcd-cluster";
import { MODES } from "./files";
import { KeyAlgorithm } from "./key-algorithm";
import { KeyPair } from "./key-pair";
import { parseKubeadmConfig } from "./kubeadm-config";
import { Kubeconfig, KubeconfigUser } from "./kubeconfig";
import type { ClusterAuthorities } from "./node-component";
import { NodeTree } from "./node-tree";
import { siteOf } from "./site";
import { warningsOf } from "./site-warnings";

/** The names of its own parts, which stand beside the nodes'. */
const RESERVED: readonly string[] = [
  ...["store", "etcd", "kubeconfigs", "objects", "rollout"],
  ...AUTHORITIES.map(({ id }) => id),
  SERVICE_ACCOUNT_KEY_PAIR.id,
];

/** Where a control plane is kept and who signs for it. */
export interface ControlPlaneOptions {
  /**
   * The folder of the stores, relative to the working directory; this cluster's is `<outputDirectory>/<clusterName>`.
   * @default "clusters"
   */
  readonly outputDirectory?: string;

  /**
   * The store of this cluster, made before, for an authority that is needed earlier.
   * @default - one in `outputDirectory`
   */
  readonly store?: Store;

  /**
   * Makes every resource a `null_resource` of this provider.
   * @default - the built-in `terraform_data`, which needs no provider
   */
  readonly provider?: TerraformProvider;

  /**
   * What becomes of the certificate authorities and the service account key pair on destroy.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The Kubernetes CA, in `store`.
   * @default - one of its own
   */
  readonly certificateAuthority?: ICertificateAuthority;

  /**
   * The CA of etcd, in `store`; may be the Kubernetes CA.
   * @default - one of its own
   */
  readonly etcdCertificateAuthority?: ICertificateAuthority;

  /**
   * The CA of the front proxy, in `store`.
   * @default - one of its own
   */
  readonly frontProxyCertificateAuthority?: ICertificateAuthority;
}

/** A control plane, and where it is kept. */
export interface ControlPlaneProps extends ClusterProps, ControlPlaneOptions {}

/** A control plane that a kubeadm file describes. */
export interface KubeadmConfigProps extends ControlPlaneOptions {
  /** The text of a kubeadm file, apiVersion kubeadm.k8s.io/v1beta4. */
  readonly config: string;

  /**
   * Further nodes: the file describes the first.
   * @default - none
   */
  readonly nodes?: readonly NodeProps[];

  /**
   * How long before its end a certificate is planned again, never before two thirds of its lifetime. A kubeadm file
   * cannot say it.
   * @default - a third of each certificate's lifetime
   */
  readonly renewBefore?: Duration;
}

/** A person with a kubeconfig. */
export interface UserProps {
  /**
   * Kubernetes' groups: the organizations of the certificate.
   * @default - none
   */
  readonly groups?: readonly string[];

  /**
   * How long its certificate is valid. It cannot be revoked: keep it short.
   * @default - as the cluster's certificates
   */
  readonly validity?: Duration;

  /**
   * How long before its end it is planned again, never before two thirds of its lifetime.
   * @default - as the cluster's certificates
   */
  readonly renewBefore?: Duration;
}

/**
 * A Kubernetes control plane: authorities, etcd, API servers, controller managers, schedulers, kubelets, kubeconfigs
 * and the cluster's own objects. Applying it makes their files in the store, one Terraform resource for each; what
 * cannot work is refused at synthesis.
 */
export class ControlPlane extends Construct {
  /**
   * The same from a kubeadm file. Each of its fields is used, or named in a warning as meaningless here, or refused.
   * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
   */
  static fromKubeadmConfig(
    scope: Construct,
    id: string,
    props: KubeadmConfigProps,
  ): ControlPlane {
    const { config, nodes = [], ...options } = props;
    const parsed = parseKubeadmConfig(config);
    const controlPlane = new ControlPlane(scope, id, {
      ...parsed.props,
      ...options,
      nodes: [...parsed.props.nodes, ...nodes],
    });
    for (const warning of parsed.warnings)
      Annotations.of(controlPlane).addWarning(warning);
    return controlPlane;
  }

  /** Where everything is made: the one given, or its own. */
  readonly store: Store;
  /** The Kubernetes CA: the one given, or its own. */
  readonly certificateAuthority: ICertificateAuthority;
  /** Absent with an external etcd. */
  readonly etcd?: EtcdCluster;
  /** For the administrators, on this machine. */
  readonly adminKubeconfig: Kubeconfig;
  /** Where clients reach the API servers: `https://host:port`. */
  readonly endpoint: string;
  private readonly site: Site;
  private readonly props: ControlPlaneProps;
  private readonly members = new Map<string, ControlPlaneNode>();
  private readonly kubeconfigs: Batch;

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    this.props = props;
    const external = props.certificateAuthority?.hasKey === false;
    this.site = siteOf(props, { external });
    this.endpoint = endpointServer(this.site);
    for (const warning of warningsOf(this.site))
      Annotations.of(this).addWarning(warning);

    this.store =
      props.store ??
      new Store(this, "store", {
        directory: join(
          props.outputDirectory ?? "clusters",
          this.site.clusterName,
        ),
        provider: props.provider,
        removalPolicy: props.removalPolicy,
      });
    const { store } = this;
    const authorities = this.authorities();
    this.certificateAuthority = authorities.ca;

    if (authorities["etcd-ca"]) {
      this.etcd = new EtcdCluster(this, "etcd", {
        store,
        cluster: props,
        authorities,
      });
    }
    for (const { name } of this.site.nodes) {
      if (RESERVED.includes(name)) throw reservedName(name, RESERVED);
      const component = { store, cluster: props, node: name, authorities };
      this.members.set(name, new ControlPlaneNode(this, name, component));
    }

    this.kubeconfigs = new Batch(this, "kubeconfigs", {
      store,
      name: "kubeconfigs",
      title: "kubeconfigs",
    });
    const { commonName, organizations } = kubeconfigRow("admin").subject(
      this.site.nodes[0],
    );
    this.adminKubeconfig = this.addKubeconfig(
      "admin",
      { commonName, organizations },
      {},
    );
    this.roll(this.objects());
  }

  /** The certificate of the Kubernetes CA, PEM; known once it is made. */
  get caCertificatePem(): string {
    return this.certificateAuthority.certificatePem;
  }

  /** A node's API server, controller manager, scheduler and kubelet, with their certificates. */
  nodeOf(name: string): ControlPlaneNode {
    const member = this.members.get(name);
    if (!member) throw unknownNode(name, [...this.members.keys()]);
    return member;
  }

  /**
   * A kubeconfig for a person, `kubeconfigs/<name>.conf` in the store. What the person may do is a matter of
   * role bindings to the name or the groups. Throws where the name cannot be a file's.
   */
  addUser(name: string, props: UserProps = {}): Kubeconfig {
    if (!/^[A-Za-z0-9][\w.@+-]*$/.test(name)) throw invalidUser(name);
    if (this.kubeconfigs.node.tryFindChild(name)) throw duplicateUser(name);
    return this.addKubeconfig(
      name,
      { commonName: name, organizations: props.groups },
      props,
    );
  }

  private addKubeconfig(
    name: string,
    subject: { commonName: string; organizations?: readonly string[] },
    { validity, renewBefore }: UserProps,
  ): Kubeconfig {
    return new Kubeconfig(this.kubeconfigs, name, {
      certificateAuthority: this.certificateAuthority,
      server: this.endpoint,
      clusterName: this.site.clusterName,
      user: KubeconfigUser.certificate(subject),
      keyAlgorithm: KeyAlgorithm.of(this.site.keyAlgorithm),
      validity: validity ?? Duration.hours(this.site.certificateValidity),
      renewBefore: renewBefore ?? this.props.renewBefore,
      purpose: `kubeconfig of ${subject.commonName}`,
      batch: this.kubeconfigs,
    });
  }

  private authorities(): ClusterAuthorities {
    const stacked = this.site.etcd.kind === "local";
    return {
      ca: this.authority("ca", this.props.certificateAuthority),
      ...(stacked && {
        "etcd-ca": this.authority(
          "etcd-ca",
          this.props.etcdCertificateAuthority,
        ),
      }),
      "front-proxy-ca": this.authority(
        "front-proxy-ca",
        this.props.frontProxyCertificateAuthority,
      ),
      serviceAccount: new KeyPair(this, SERVICE_ACCOUNT_KEY_PAIR.id, {
        store: this.store,
        keyAlgorithm: KeyAlgorithm.of(this.site.keyAlgorithm),
        path: `pki/${SERVICE_ACCOUNT_KEY_PAIR.path}`,
        purpose: SERVICE_ACCOUNT_KEY_PAIR.purpose,
      }),
    };
  }

  private authority(
    id: AuthorityId,
    given?: ICertificateAuthority,
  ): ICertificateAuthority {
    if (given && given.store !== this.store) {
      throw storeMismatch(
        given.node.path,
        this.store.directory,
        given.store.directory,
      );
    }
    const row = authority(id);
    return (
      given ??
      new CertificateAuthority(this, id, {
        store: this.store,
        commonName: row.commonName,
        keyAlgorithm: KeyAlgorithm.of(this.site.keyAlgorithm),
        validity: Duration.hours(this.site.caCertificateValidity),
        path: `pki/${row.path}`,
        purpose: row.purpose,
      })
    );
  }

  /** The cluster's own objects, for review. */
  private objects(): Batch {
    const { store } = this;
    const batch = new Batch(this, "objects", {
      store,
      name: "objects",
      title: "cluster objects",
    });
    const ca = this.certificateAuthority.artefact;
    for (const { id, purpose, objects } of objectGroups(
      this.site,
      ca.files[0].path,
    )) {
      const namesCa = JSON.stringify(objects).includes("$base64");
      new Artefact(batch, id, {
        store,
        batch,
        kind: "objects",
        purpose,
        files: [{ path: `objects/${id}.yaml`, mode: MODES.private }],
        spec: yamlTemplate(objects, (all) => toYamlDocuments(all as unknown[])),
        upstream: namesCa ? [ca] : [],
      });
    }
    return batch;
  }

  private roll(objects: Batch): void {
    const { etcd } = this.site;
    new Rollout(this, "rollout", {
      store: this.store,
      request: () => ({
        clusterName: this.site.clusterName,
        kubernetesVersion: this.site.version.text,
        endpoint: this.endpoint,
        adminKubeconfig: this.adminKubeconfig.artefact.name,
        nodes: this.site.nodes.map((node, i) => ({
          ...controlPlaneNodeFacts(this.site, node),
          access: this.props.nodes[i].access?.options ?? { kind: "directory" },
          imageArchives: [],
        })),
        pools: [],
        maxUnavailable: 1,
        etcd:
          etcd.kind === "local"
            ? {
                dataDir: etcd.dataDir,
                certificatesDir: certificatePath(this.site, "etcd"),
                clientPort: PORTS.etcdClient,
                peerPort: PORTS.etcdPeer,
                destroyData: this.store.removesEverything,
              }
            : undefined,
        objects: objectGroups(this.site, "").map(
          ({ id }) => `objects/${id}.yaml`,
        ),
      }),
      batches: [
        ...this.site.nodes.map(
          ({ name }) => NodeTree.of(this.store, name).batch,
        ),
        this.kubeconfigs,
        objects,
      ],
    });
  }
}
