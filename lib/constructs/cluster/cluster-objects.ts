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
import type { ICertificateAuthority } from "../pki/certificate-authority";
import { invalidName } from "../errors";
import { MODES } from "../files";
import { isDnsName } from "../hosts";
import { duplicateManifests } from "../manifest-errors";
import { type ManifestsProps, manifestSpec } from "./manifests";

/** The file with what the users may do, and with service accounts. */
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

/** What the cluster's API is to hold, in `objects/` of the store: one batch. */
export class ClusterObjects {
  readonly batch: Batch;
  private readonly own: string[] = [];
  private readonly manifests: string[] = [];
  /** The service accounts that are made here. */
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
          // The one file of the store that they name is the certificate of the cluster's authority.
          upstream: referredFiles(objects, references).length > 0 ? [ca] : [],
        }),
      );
    }
  }

  /** Their files in the store, in the order in which they are applied: a manifest may make the namespace of a right. */
  get files(): string[] {
    const users = this.rights.length > 0 ? [fileOf(USERS)] : [];
    return [...this.own, ...this.manifests, ...users];
  }

  /** Service accounts, and what they and the users may do. */
  addRights(objects: readonly KubernetesObject[]): void {
    if (objects.length === 0) return;
    if (this.rights.length === 0) {
      this.add(USERS, {
        kind: "text",
        purpose: "rights of the users",
        // Further users come until synthesis.
        spec: () => textTemplate(toYamlDocuments(this.rights)),
      });
    }
    this.rights.push(...objects);
  }

  /** Objects for a service account; throws where another has made it. */
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
