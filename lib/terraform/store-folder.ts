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
import { checkProvider, checkStack } from "./library";
import { addManifest } from "./manifest";
import { Outputs, type ToldControlPlane } from "./outputs";
import { checkStorePlace, fromStackFolder, overlap, realPlace } from "./place";
import { RequiredVersion } from "./required-version";
import type { Resource } from "./resource";
import { checkProps } from "../props/check";

/** What destroy does with secrets and data that cannot be made again. */
export enum RemovalPolicy {
  /** Destroy keeps them, and the next deploy uses them again. */
  RETAIN = "retain",
  /** Destroy deletes them. Afterwards nothing that they signed is trusted. */
  DESTROY = "destroy",
}

/** The folder of a store, and what destroy does with it. */
export interface StoreProps {
  /**
   * The store's folder, absolute or relative to the working directory. It will contain private keys: keep it out of
   * version control, and back it up. `${terraform.workspace}` in it is replaced by the workspace's name, which gives each
   * workspace its own store.
   */
  readonly directory: string;

  /**
   * Makes every resource a `null_resource` of this provider.
   * @default - the built-in `terraform_data`, which needs no provider
   */
  readonly provider?: TerraformProvider;

  /**
   * What destroy does with certificate authorities, the service account key pair and etcd's data on nodes.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The folder with a cluster's keys, certificates and files, on the machine that deploys. */
export interface IStore extends IConstruct {
  /** The folder, as the program gave it. */
  readonly directory: string;
}

/** The folder of a store, and the resources to which its files belong. */
export class StoreFolder extends Construct implements IStore {
  /** The folder, as the program gave it. */
  readonly directory: string;
  /** @internal */
  readonly provider?: TerraformProvider;
  /** The folder's path, relative to the stack's folder. @internal */
  readonly location: string;
  /** The path of the agent, relative to the stack's folder. @internal */
  readonly agent: string;
  /** The construct path of the owner of each file. */
  private readonly files = new Map<string, string>();
  /** The construct path of an owner of a file in each folder. */
  private readonly folders = new Map<string, string>();
  /** The first files of the artefacts that are made after the rollout of the control plane. @internal */
  readonly afterwards: string[] = [];
  /** The rollout of its control plane. @internal */
  rollout?: Resource;
  /** The first of its guards. @internal */
  firstGuard?: Resource;
  /** The control plane whose files it holds. @internal */
  controlPlane?: ToldControlPlane;
  /** The resources that make its files. @internal */
  readonly batches: Resource[] = [];

  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id);
    checkStack(this);
    checkProps("StoreProps", props, `Store "${id}"`);
    if (props.provider) checkProvider(props.provider);
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
    Outputs.of(TerraformStack.of(this)).add(this);
    this.agent = agentOf(this);
  }

  /** The path of one of its files, relative to the stack's folder. @internal */
  pathOf(file: string): string {
    return posix.join(this.location, file);
  }

  /** Reserves a file for one resource. Throws if another resource has it. @internal */
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

/** Whether a path tries to insert the workspace in a form that is not supported, and so would be the same in all of them. */
const isExpression = (directory: string): boolean =>
  /[$%#]\{[^}]*workspace[^}]*\}/i.test(directory.replaceAll(WORKSPACE, ""));

/** A path of the program, relative to the stack's folder unless it is absolute. @internal */
export const fromStack = (scope: Construct, path: string): string =>
  isAbsolute(path) ? path : fromStackFolder(scope, path);

const isPlain = (path: string): boolean =>
  /^[\w.@+:~-]+(\/[\w.@+:~-]+)*$/.test(path) &&
  !path.split("/").some((part) => part === "." || part === "..");

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, parts.length - i).join("/"));
}

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
