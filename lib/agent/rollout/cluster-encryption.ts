import { encryptionKeyPath } from "../../catalog/encryption";
import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import { sha256 } from "../../base/files";
import type { RolloutRequest } from "../../request/request";
import { hasApiServer } from "../../request/roles";
import { isRestoreDue } from "../backup/restore";
import { otherEncryptionKey } from "../encryption/errors";
import {
  type EncryptionKeys,
  encryptionKeys,
  finalContent,
  otherKeyIn,
  stagedConfigurations,
} from "../encryption/configuration";
import {
  type EncryptingServer,
  type EncryptionView,
  isProved,
  type Stage,
  STAGES,
  stageOf,
} from "../encryption/stage";
import { UsedConfigurations } from "../encryption/used";
import type { LiveNode } from "./live-node";
import type { Session } from "./session";
import { startFileOf } from "./units";

type Configurations = Readonly<Record<Stage, Buffer | undefined>>;

/** The encryption of the API servers on hosts that are reached. */
export class ClusterEncryption {
  private readonly used: UsedConfigurations;
  private readonly nodes: readonly LiveNode[];

  constructor(
    private readonly request: RolloutRequest,
    private readonly session: Session,
    nodes: readonly LiveNode[],
  ) {
    this.used = new UsedConfigurations(
      session,
      request.encryption?.reloads ?? false,
    );
    this.nodes = nodes.filter((node) => hasApiServer(node.request));
  }

  /** Gives each node the configuration whose turn it is, as what it should have. @param isNew etcd has no data */
  async view(isNew: boolean): Promise<EncryptionView | undefined> {
    const { encryption: target, restore, pool } = this.request;
    if (!target || pool) return undefined;
    const { inventory, work } = this.session;
    const { reloads } = target;
    const keys = encryptionKeys(work.store);
    for (const node of this.nodes)
      this.requireSameKeys(node, target.file, keys);
    const configurations = this.configurations(keys);
    const servers = await Promise.all(
      this.nodes.map((node) => this.server(node, configurations)),
    );
    const view = {
      isSettled:
        !isRestoreDue(restore, inventory) && isProved(target, inventory, isNew),
      ...(reloads && { reloads }),
      servers,
    };
    const content = configurations[stageOf(view)];
    if (content)
      for (const node of this.nodes)
        node.comparison = node.comparison.with({
          encryption: { path: target.file, content },
        });
    return view;
  }

  /** Throws if a host has another key than the store under the same name, which may be the only copy of it. */
  private requireSameKeys(
    { name, comparison }: LiveNode,
    file: string,
    keys: EncryptionKeys,
  ): void {
    const { store } = this.session.work;
    const content = comparison.state.contents.get(file);
    const other = content && otherKeyIn(content, keys);
    if (other !== undefined)
      throw otherEncryptionKey(
        name,
        file,
        store.shown(encryptionKeyPath(other)),
      );
  }

  /** Waits until the API server of a node uses what the node should have. */
  async untilUsed(node: LiveNode): Promise<void> {
    const { encryption } = node.comparison;
    if (encryption) await this.used.untilUsed(node.request, encryption.content);
  }

  private configurations(keys: EncryptionKeys): Configurations {
    const { encryption: target } = this.request;
    const { inventory } = this.session;
    const [node] = this.nodes;
    return {
      ...stagedConfigurations(target!, inventory, keys),
      final: finalContent(
        target!,
        node?.props.tree.find(({ path }) => path === target!.file)?.content,
        keys,
      ),
    };
  }

  private async server(
    { name, request, comparison }: LiveNode,
    configurations: Configurations,
  ): Promise<EncryptingServer> {
    const found = comparison.state.files.get(this.request.encryption!.file);
    if (found === undefined) {
      const apiServer = request.components.find(
        (each) => each.name === KUBE_APISERVER.id,
      );
      const starts = apiServer && startFileOf(apiServer);
      const isThere = starts !== undefined && comparison.has(starts);
      return { name, has: isThere ? "plain" : "none", uses: false };
    }
    const present = found === "other" ? undefined : found.sha256;
    const stage = STAGES.find((each) => {
      const content = configurations[each];
      return content !== undefined && sha256(content) === present;
    });
    if (stage === undefined) return { name, has: "other", uses: false };
    return {
      name,
      has: stage,
      uses: await this.used.isUsed(request, configurations[stage]!),
    };
  }
}
