import { join, relative } from "node:path";
import { COMPONENTS, ETCD, KUBE_APISERVER } from "../../catalog/components";
import type {
  NodeRequest,
  RestoreRequest,
  RolloutRequest,
} from "../../request/request";
import type { VerifiedBackup } from "../backup/read";
import { dueRestore, isRestoreDue, withRestored } from "../backup/restore";
import { checkRestore, restoreLocalData } from "./restore";
import { reasonToSave, save } from "../rollout/save";
import { applyClusterObjects } from "../rollout/cluster-objects";
import { generationNumbers, withNode } from "../../store/inventory";
import { rollOut } from "../rollout/loop";
import { titleOf } from "../rollout/request";
import type { Session } from "../rollout/session";
import type { Step } from "../rollout/step";
import { treeOf } from "../hosts/tree";
import { treeFingerprint } from "../rollout/tree-fingerprint";
import { prepareEncryption, rewriteAll, settle } from "../rollout/encryption";
import { LocalEncryption } from "./encryption";
import { localProcesses } from "./node";
import { forecastLocalSteps, type LocalView, nextLocalStep } from "./planner";
import {
  checkStart,
  forgetProcess,
  type LocalProcess,
  runsUpToDate,
  startProcess,
  stopProcess,
} from "../processes/processes";
import { trimLog } from "../processes/log";
import { parseKubernetesVersion } from "../../catalog/versions";
import { checkVersions } from "./versions";
import { recordedNames } from "../processes/record";
import { runsProcesses } from "../../request/roles";

/** Starts and stops the processes of a local control plane as the program says, then applies the cluster objects. */
export async function rollOutProcesses(
  request: RolloutRequest,
  session: Session,
  previewed?: readonly Step[],
): Promise<void> {
  const machine = new LocalMachine(request, session);
  await rollOut(
    {
      title: titleOf(request),
      previewed,
      view: (done) => machine.view(done),
      decide: nextLocalStep,
      forecast: (view) => forecastLocalSteps(view).steps,
      doStep: async (step) => {
        await machine.doStep(step);
        return [];
      },
      recordDuration: (step, milliseconds) =>
        session.recordDuration(request, step, milliseconds),
    },
    session.work,
  );
  session.work.say(`${request.clusterName}: serves at ${request.endpoint}`);
}

/** The processes of a local control plane: what runs, and what should run. */
export class LocalMachine {
  private readonly nodes: readonly NodeRequest[];
  private readonly wanted: readonly LocalProcess[];
  /** The backup that is restored, once it has been examined. */
  private backup?: VerifiedBackup;
  private readonly encryption: LocalEncryption;

  constructor(
    private readonly request: RolloutRequest,
    private readonly session: Session,
    /** Files of the store that the apply will replace before the rollout. */
    private readonly planned: ReadonlySet<string> = new Set(),
  ) {
    this.nodes = request.nodes.filter(runsProcesses);
    const { store } = session.work;
    this.wanted = this.nodes.flatMap((node) => localProcesses(node, store));
    this.encryption = new LocalEncryption(request, session);
  }

  async view(done: readonly Step[]): Promise<LocalView> {
    const { store } = this.session.work;
    const names = new Set(this.wanted.map(({ name }) => name));
    const unwanted = recordedNames(store).filter(
      (name) => !names.has(name) && COMPONENTS.some(({ id }) => id === name),
    );
    const applied = this.session.inventory.objects?.objects ?? [];
    const encryption = await this.encryption.view();
    return {
      processes: [
        ...(await Promise.all(
          this.wanted.map(async (each) => ({
            name: each.name,
            wanted: true,
            upToDate: runsUpToDate(store, each) && !this.isPlanned(each),
            ready: await each.isReady(),
          })),
        )),
        ...unwanted.map((name) => ({
          name,
          wanted: false,
          upToDate: false,
          ready: false,
        })),
      ],
      saves: reasonToSave(this.request, this.session.inventory) !== undefined,
      restores: dueRestore(this.request.restore, this.session.inventory),
      ...(encryption && { encryption }),
      hasObjects: this.request.objects.length > 0 || applied.length > 0,
      done,
    };
  }

  async doStep({ kind, nodes: names }: Step): Promise<void> {
    const { request, session } = this;
    const { work } = session;
    const processes = this.wanted.filter(({ name }) => names.includes(name));
    switch (kind) {
      case "check programs":
        await checkStart(processes, work, request.kubernetesVersion);
        if (this.dueRestore)
          this.backup = await checkRestore(
            this.dueRestore,
            this.etcd,
            session,
            request.encryption !== undefined,
          );
        await this.checkVersions();
        return prepareEncryption(
          request,
          session,
          await this.encryption.view(),
        );
      case "back up":
        return save(request, session);
      case "stop":
        for (const name of names) await stopProcess(work, name);
        return;
      case "restore data":
        return this.restore();
      case "end process":
        for (const name of names) {
          if (await stopProcess(work, name)) work.say(`${name}: ended`);
          forgetProcess(work.store, name);
        }
        return;
      case "start process":
        for (const each of processes) {
          if (each.name === KUBE_APISERVER.id) await this.encryption.place();
          await startProcess(each, work);
        }
        return;
      case "read key":
      case "write key":
      case "drop key":
        await this.encryption.place();
        // One that does not look for another configuration reads it when it starts.
        if (!request.encryption?.reloads)
          for (const each of processes) {
            await stopProcess(work, each.name);
            await startProcess(each, work);
          }
        return this.encryption.untilUsed();
      case "rewrite":
        return rewriteAll(request, session);
      case "settle":
        return settle(request, session);
      case "record":
        return this.record();
      case "apply objects": {
        const api = await session.api(request.nodes);
        return applyClusterObjects(api, request, session);
      }
    }
  }

  private get dueRestore(): RestoreRequest | undefined {
    const { restore } = this.request;
    return isRestoreDue(restore, this.session.inventory) ? restore : undefined;
  }

  private get etcd(): LocalProcess {
    return this.wanted.find(({ name }) => name === ETCD.id)!;
  }

  private async restore(): Promise<void> {
    const { session, dueRestore: restore } = this;
    if (!restore || !this.backup) return;
    await restoreLocalData(restore, this.backup, this.etcd, session);
    const time = session.work.now.toISOString();
    await session.saveInventory(withRestored(session.inventory, restore, time));
  }

  private isPlanned({ directory, files = [] }: LocalProcess): boolean {
    const { store } = this.session.work;
    const folder = relative(store.directory, directory);
    return files.some((file) => this.planned.has(join(folder, file)));
  }

  /** All programs are asked: one that need not start again may have been started for another version. */
  private async checkVersions(): Promise<void> {
    const wanted = parseKubernetesVersion(this.request.kubernetesVersion);
    if (!wanted) return;
    const notes = await checkVersions(this.wanted, wanted);
    for (const note of notes) this.session.work.say(note);
  }

  private async record(): Promise<void> {
    const { session } = this;
    const { store } = session.work;
    for (const { name } of this.wanted) trimLog(store, name);
    await session.saveInventory(
      this.nodes.reduce(
        (inventory, { name }) =>
          withNode(inventory, name, {
            member: true,
            runs: { kubernetes: this.request.kubernetesVersion },
            tree: treeFingerprint(treeOf(store, name)),
            generations: generationNumbers(this.request),
          }),
        session.inventory,
      ),
    );
  }
}
