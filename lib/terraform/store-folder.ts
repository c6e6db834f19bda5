import { isAbsolute, posix } from "node:path";
import { TerraformStack, type TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { WORKSPACE } from "../catalog/paths";
import { agentOf } from "./agent";
import {
  storeAround,
  storeElsewhere,
  storeInStore,
  storeInUse,
  storeOfExpression,
  storeOutside,
} from "./errors";
import { CURRENT_WORKSPACE, hasToken } from "./expression";
import { addManifest } from "./manifest";
import { checkStorePlace, fromStackFolder, overlap, realPlace } from "./place";
import { RequiredVersion } from "./required-version";
import type { Resource } from "./resource";
import { checkProps } from "../props/check";

/** What becomes of secrets and data that cannot be made again. */
export enum RemovalPolicy {
  /** They stay where they are when the cluster is destroyed; the next deploy goes on with them. */
  RETAIN = "retain",
  /** They are deleted with the cluster, and so is the trust in all that they signed. */
  DESTROY = "destroy",
}

/** Where a store is and what becomes of it. */
export interface StoreProps {
  /**
   * The folder that holds it, relative to the working directory or absolute. It will hold private keys: keep it
   * out of version control and back it up. `${terraform.workspace}` in its name stands for the workspace, which gives
   * each workspace a store of its own.
   */
  readonly directory: string;

  /**
   * Makes every resource a `null_resource` of this provider.
   * @default - the built-in `terraform_data`, which needs no provider
   */
  readonly provider?: TerraformProvider;

  /**
   * What becomes of certificate authorities, the service account key pair and the data of etcd on nodes, on destroy.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Where keys, certificates and files are on the machine that deploys. */
export interface IStore extends IConstruct {
  /** The folder, as it was given. */
  readonly directory: string;
}

/** The folder of a store, and which resource each of its files belongs to. */
export class StoreFolder extends Construct implements IStore {
  /** The folder, as it was given. */
  readonly directory: string;
  /** @internal */
  readonly provider?: TerraformProvider;
  /** Relative to the stack's folder, as Terraform sees it. @internal */
  readonly location: string;
  /** The agent, as Terraform sees it. @internal */
  readonly agent: string;
  /** What each file, and each folder that a file is in, belongs to. */
  private readonly files = new Map<string, string>();
  private readonly folders = new Map<string, string>();
  /** What is made after the rollout of the control plane, by the first files. @internal */
  readonly afterwards: string[] = [];
  /** Of its control plane. @internal */
  rollout?: Resource;

  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id);
    checkProps("StoreProps", props, `Store "${id}"`);
    if (hasToken(props.directory)) throw storeAround(props.directory);
    if (isExpression(props.directory)) throw storeOfExpression(props.directory);
    checkStorePlace(this, props.directory);
    this.directory = props.directory;
    this.provider = props.provider;
    this.location = fromStack(this, props.directory)
      .split(WORKSPACE)
      .join(CURRENT_WORKSPACE);
    claim(this);
    RequiredVersion.in(this);
    addManifest(this);
    this.agent = agentOf(this);
  }

  /** The path of one of its files, as Terraform sees it. @internal */
  pathOf(file: string): string {
    return posix.join(this.location, file);
  }

  /** Reserves a file, which only one resource can make. @internal */
  reserve(path: string, owner: IConstruct): void {
    if (!isPlain(path)) throw storeOutside(path, this.directory);
    const stack = TerraformStack.of(this).node.id;
    const ownerStack = TerraformStack.of(owner).node.id;
    if (stack !== ownerStack)
      throw storeElsewhere(owner.node.path, stack, ownerStack);
    const folders = foldersOf(path);
    const other =
      this.files.get(path) ??
      this.folders.get(path) ??
      folders.flatMap((folder) => this.files.get(folder) ?? [])[0];
    if (other)
      throw storeInUse(`${this.directory}/${path}`, other, owner.node.path);
    this.files.set(path, owner.node.path);
    for (const folder of folders) this.folders.set(folder, owner.node.path);
  }
}

/** Who writes this means the workspace; as text, all workspaces would have one store. */
const isExpression = (directory: string): boolean =>
  /[$%#]\{[^}]*workspace[^}]*\}/i.test(directory.replaceAll(WORKSPACE, ""));

/** A path of the program's, as it is found from the stack's folder. @internal */
export const fromStack = (scope: Construct, path: string): string =>
  isAbsolute(path) ? path : fromStackFolder(scope, path);

const isPlain = (path: string): boolean =>
  /^[\w.@+:~-]+(\/[\w.@+:~-]+)*$/.test(path) &&
  !path.split("/").some((part) => part === "." || part === "..");

const foldersOf = (path: string): string[] =>
  path
    .split("/")
    .slice(1)
    .map((_, i, { length }) =>
      path
        .split("/")
        .slice(0, length - i)
        .join("/"),
    );

const stores = new WeakMap<IConstruct, Map<string, StoreFolder>>();

function claim(store: StoreFolder): void {
  const known = stores.get(store.node.root) ?? new Map<string, StoreFolder>();
  stores.set(store.node.root, known);
  const path = realPlace(store.directory);
  for (const [other, { directory, node }] of known) {
    if (other === path)
      throw storeInUse(store.directory, node.path, store.node.path);
    if (overlap(other, path))
      throw storeInStore(store.directory, directory, node.path);
  }
  known.set(path, store);
}
