import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import { LOCAL_ENCRYPTION, LOCAL_ETCD_DATA } from "../../catalog/paths";
import type { NodeRequest, RolloutRequest } from "../../request/request";
import { hasApiServer } from "../../request/roles";
import { isRestoreDue } from "../backup/restore";
import {
  encryptionKeys,
  finalContent,
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
import { missingConfiguration } from "../encryption/errors";
import { UsedConfigurations } from "../encryption/used";
import { treeFile } from "../hosts/tree";
import { runningProcess } from "../processes/processes";
import type { Session } from "../rollout/session";

/** The encryption of a local API server, which reads its configuration beside its records, and not in the node tree. */
export class LocalEncryption {
  private readonly used: UsedConfigurations;

  constructor(
    private readonly request: RolloutRequest,
    private readonly session: Session,
  ) {
    this.used = new UsedConfigurations(
      session,
      request.encryption?.reloads ?? false,
    );
  }

  /** etcd has no data yet. */
  private get isNew(): boolean {
    return !this.session.work.store.has(`${LOCAL_ETCD_DATA}/member`);
  }

  async view(): Promise<EncryptionView | undefined> {
    const { encryption: target, restore } = this.request;
    if (!target) return undefined;
    const { inventory } = this.session;
    const { reloads } = target;
    const servers = [await this.server()];
    return {
      isSettled:
        !isRestoreDue(restore, inventory) &&
        isProved(target, inventory, this.isNew),
      ...(reloads && { reloads }),
      servers,
    };
  }

  /** Puts the configuration whose turn it is into its place. */
  async place(): Promise<void> {
    const view = await this.view();
    if (!view) return;
    const content = this.contentOf(stageOf(view));
    if (!content) throw missingConfiguration(this.node.name);
    const { store, agent } = this.session.work;
    await store.write(
      [{ path: LOCAL_ENCRYPTION, content, mode: 0o600 }],
      agent,
    );
  }

  /** Waits until the API server uses the configuration that is in its place. */
  async untilUsed(): Promise<void> {
    const content = this.session.work.store.read(LOCAL_ENCRYPTION);
    if (content) await this.used.untilUsed(this.node, content);
  }

  private get node(): NodeRequest {
    return this.request.nodes.find(hasApiServer)!;
  }

  /** `undefined` while a plan is previewed that makes it. */
  private contentOf(stage: Stage): Buffer | undefined {
    const { encryption: target } = this.request;
    const { inventory, work } = this.session;
    const keys = encryptionKeys(work.store);
    if (stage === "final") {
      const inTree = treeFile(work.store, this.node.name, target!.file);
      return finalContent(target!, inTree, keys);
    }
    return stagedConfigurations(target!, inventory, keys)[stage];
  }

  private async server(): Promise<EncryptingServer> {
    const { store } = this.session.work;
    const { id: name } = KUBE_APISERVER;
    const present = store.read(LOCAL_ENCRYPTION);
    if (!present)
      return {
        name,
        has: runningProcess(store, name) ? "plain" : "none",
        uses: false,
      };
    const has =
      STAGES.find((stage) => this.contentOf(stage)?.equals(present)) ?? "other";
    return { name, has, uses: await this.used.isUsed(this.node, present) };
  }
}
