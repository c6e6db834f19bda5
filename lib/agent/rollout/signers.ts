import {
  type CertificateFacts,
  parseCertificates,
} from "../../pki/certificates";
import type { RolloutRequest } from "../../request/request";
import type { RotationRequest } from "../../request/rotation";
import { hasApiServer } from "../../request/roles";
import type { Work } from "../../store/work";
import { superAdminClient } from "../cluster/connections";
import { waitFor } from "../cluster/retry";
import { needed, type TrustQuestion, trustQuestion } from "../cluster/trust";
import { keysNotTrusted } from "./errors-rotation";
import type { LiveNode } from "./live-node";
import type { Session } from "./session";

/** Milliseconds in which a healthy API server has to trust the new keys. It reads some of its files once a minute. */
const TRUSTED_AFTER = 90_000;

/**
 * The CAs whose credentials kubelets keep: during a rotation the newest one alone, and none before that is made. Otherwise
 * `undefined`: all that the cluster trusts.
 */
export const kubeletIssuers = (
  { rotation }: Pick<RolloutRequest, "rotation">,
  { work }: Session,
): CertificateFacts[] | undefined =>
  rotation?.authority &&
  parseCertificates(work.store.read(rotation.authority.certificate)).slice(
    0,
    1,
  );

/**
 * The files with which the control plane signs certificates and tokens, while it moves from one generation of keys to the
 * next. What they sign has no cross certificate behind it, so every API server has to trust the new keys before.
 */
export class Signers {
  private question?: Promise<TrustQuestion>;

  constructor(
    private readonly rotation: RotationRequest,
    private readonly work: Work,
  ) {}

  /** Lets the nodes keep the files that sign, unless every API server trusts the new ones. */
  async hold(nodes: readonly LiveNode[]): Promise<void> {
    if ((await this.distrusting(nodes)).length === 0) return;
    const { store } = this.work;
    const held = this.rotation.signers.map(({ path, previous }) => ({
      path,
      content: needed(store, previous),
    }));
    for (const node of nodes) node.holdSigners(held);
  }

  /** Waits until every API server trusts the new keys, and lets the nodes have them. Throws if one still does not after a while. */
  async release(nodes: readonly LiveNode[]): Promise<void> {
    await this.awaitTrust(nodes);
    for (const node of nodes) node.releaseSigners();
  }

  /** The nodes whose API servers do not trust the new keys yet, or do not answer. Before the keys are made, these are all. */
  private async distrusting(nodes: readonly LiveNode[]): Promise<LiveNode[]> {
    const { store, clock } = this.work;
    const { authority, publicKeys } = this.rotation;
    const asked = nodes.filter(({ request }) => hasApiServer(request));
    const files = [authority?.certificate, authority?.key, publicKeys];
    if (files.some((path) => path && !store.read(path))) return asked;
    this.question ??= trustQuestion(this.rotation, store, clock);
    const ask = await this.question;
    const trusts = await Promise.all(
      asked.map(async ({ name, host, request: { address, port } }) => {
        const admin = superAdminClient(store, name);
        return admin ? ask({ host, address, port, admin }) : false;
      }),
    );
    return asked.filter((_, at) => !trusts[at]);
  }

  private async awaitTrust(nodes: readonly LiveNode[]): Promise<void> {
    let distrusting = nodes;
    await waitFor(this.work.clock, TRUSTED_AFTER, async () => {
      distrusting = await this.distrusting(nodes);
      return distrusting.length === 0 || undefined;
    });
    if (distrusting.length > 0)
      throw keysNotTrusted(
        distrusting.map(({ name }) => name),
        TRUSTED_AFTER / 1000,
      );
  }
}
