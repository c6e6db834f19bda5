import type { Construct } from "constructs";
import type { Site } from "../../catalog/site";
import { OBJECT_GROUPS } from "../../catalog/object-groups";
import type { KubernetesObject } from "../../render/kubernetes-object";
import { objectGroups } from "../../render/objects";
import type { AccountName } from "../../render/rbac";
import { placesOf, referredFiles } from "../../render/references";
import { toYamlDocuments } from "../../render/yaml";
import { Artefact, type ArtefactProps } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import type { Store } from "../../terraform/store";
import { textTemplate, yamlTemplate } from "../../terraform/template";
import { duplicateAccount } from "../site/access-errors";
import type { ICertificateAuthority } from "../pki/authority";
import { invalidName } from "../errors";
import { MODES } from "../files";
import { isDnsName } from "../hosts";
import type { ManifestsProps } from "../site/manifests-props";
import { duplicateManifests } from "./manifest-errors";
import { manifestSpec } from "./manifests";

/** The file with service accounts, and with the role bindings of accounts and users. */
const USERS = "users";
const RESERVED: readonly string[] = [
  ...OBJECT_GROUPS.map(({ id }) => id),
  USERS,
];

export interface ClusterObjectsProps {
  readonly store: Store;
  readonly site: Site;
  readonly certificateAuthority: ICertificateAuthority;
}

/** The objects that the rollout applies to the cluster, in `objects/` in the store. They share one batch. */
export class ClusterObjects {
  readonly batch: Batch;
  private readonly own: string[] = [];
  private readonly manifests: string[] = [];
  /** The service accounts that this program creates. */
  private readonly accounts = new Set<string>();
  private readonly rights: KubernetesObject[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterObjectsProps,
  ) {
    const { store, site, certificateAuthority } = props;
    this.batch = new Batch(scope, id, {
      store,
      name: "objects",
      title: "cluster objects",
    });
    const ca = certificateAuthority.artefact;
    for (const { id, purpose, objects } of objectGroups(
      site,
      ca.files[0].path,
    )) {
      const references = placesOf(objects);
      this.own.push(
        this.add(id, {
          kind: "objects",
          purpose,
          spec: yamlTemplate(objects, (all) =>
            toYamlDocuments(all as unknown[]),
          ),
          references,
          // The only file in the store that objects refer to is the cluster's CA certificate.
          upstream: referredFiles(objects, references).length > 0 ? [ca] : [],
        }),
      );
    }
  }

  /** Their files in the store, in apply order: rights come last, because a manifest may create their namespace. */
  get files(): string[] {
    const users = this.rights.length > 0 ? [fileOf(USERS)] : [];
    return [...this.own, ...this.manifests, ...users];
  }

  /** Adds service accounts, and the role bindings of accounts and users. */
  addRights(objects: readonly KubernetesObject[]): void {
    if (objects.length === 0) return;
    if (this.rights.length === 0) {
      this.add(USERS, {
        kind: "text",
        purpose: "rights of the users",
        // More users may be added until synthesis.
        spec: () => textTemplate(toYamlDocuments(this.rights)),
      });
    }
    this.rights.push(...objects);
  }

  /** Adds the objects of a service account. Throws if another token creates the same account. */
  addAccount(
    { namespace, name }: AccountName,
    objects: readonly KubernetesObject[],
  ): void {
    if (objects.some(({ kind }) => kind === "ServiceAccount")) {
      const account = `${namespace}/${name}`;
      if (this.accounts.has(account)) throw duplicateAccount(namespace, name);
      this.accounts.add(account);
    }
    this.addRights(objects);
  }

  addManifests(id: string, props: ManifestsProps): void {
    if (!isDnsName(id)) throw invalidName("the name of manifests", id);
    if (RESERVED.includes(id) || this.batch.node.tryFindChild(id))
      throw duplicateManifests(id, RESERVED);
    const file = this.add(id, {
      purpose: "manifests of yours",
      ...manifestSpec(this.batch, id, props),
    });
    this.manifests.push(file);
  }

  private add(
    id: string,
    props: Pick<
      ArtefactProps,
      "kind" | "purpose" | "spec" | "references" | "upstream"
    >,
  ): string {
    const path = fileOf(id);
    new Artefact(this.batch, id, {
      ...props,
      store: this.props.store,
      batch: this.batch,
      files: [{ path, mode: MODES.private }],
    });
    return path;
  }
}

const fileOf = (id: string): string => `objects/${id}.yaml`;
