import { milliseconds } from "../../base/duration";
import { namespaceMissing } from "./errors-access";
import { keptEdit, objectRefused, StatusError } from "./errors";
import type { ApiObject } from "./api-object";
import { isRefusal } from "./refusals";
import { type KubernetesApi, MANAGER } from "./api";
import { withoutEdited } from "./edited-configuration";
import { entryOf, identityOf, objectOf, titleOf } from "./applied";
import type { AppliedObjects } from "../../store/inventory";
import { isSame } from "./content";
import { type Document, type ObjectsFile, stepsOf } from "./documents";
import { CONNECTIONS } from "./https";
import { markNode, marksOf } from "./nodes";
import { inParallel, retry } from "./retry";
import { expirationAfter, newToken, revoke, tokenSecret } from "./tokens";

export type { ObjectsFile };

type Say = (line: string) => void;

const NOTHING: AppliedObjects = { objects: [], tokens: {} };

/**
 * The objects that may be in the cluster as soon as {@link applyObjects} has begun. They are recorded before it begins:
 * if a run fails after applying an object that then leaves the program, a later run still removes it.
 */
export function attemptedObjects(
  files: readonly ObjectsFile[],
  previous: AppliedObjects = NOTHING,
): AppliedObjects {
  const entries = entriesOf(stepsOf(files).flat());
  return {
    ...previous,
    objects: [...new Set([...previous.objects, ...entries])],
  };
}

/**
 * Applies the objects of these files in their order, and removes objects that were applied before and are in none of the
 * files. Prints how many were created or changed.
 */
export async function applyObjects(
  api: KubernetesApi,
  files: readonly ObjectsFile[],
  previous: AppliedObjects = NOTHING,
  say: Say,
): Promise<AppliedObjects> {
  const steps = stepsOf(files);
  const documents = steps.flat();
  const tokens: Record<string, string> = {};
  let changed = 0;
  for (const step of steps) {
    await inParallel(step, CONNECTIONS, async (document) => {
      const { object, file } = document;
      try {
        const known =
          document.kind === "token" && previous.tokens[document.fingerprint];
        if (known) tokens[document.fingerprint] = known;
        else if (await apply(api, document, tokens, say)) changed++;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        const title = titleOf({ ...object, ...object.metadata });
        const { namespace } = object.metadata;
        if (namespace !== undefined && isNamespaceMissing(error))
          throw namespaceMissing(file, title, namespace);
        throw objectRefused(file, title, error.refusal.said);
      }
    });
  }
  const count = await removeLeft(api, documents, tokens, previous);
  const removed = count > 0 ? `, ${count} removed` : "";
  say(`cluster objects: ${changed} of ${documents.length} changed${removed}`);
  return { objects: entriesOf(documents), tokens };
}

const entriesOf = (documents: readonly Document[]): string[] =>
  documents.flatMap((document) =>
    document.kind === "object" ? [entryOf(document.name)] : [],
  );

/** Applies one object. Returns whether it changed anything. */
async function apply(
  api: KubernetesApi,
  document: Document,
  tokens: Record<string, string>,
  say: Say,
): Promise<boolean> {
  switch (document.kind) {
    case "node":
      return markNode(api, marksOf(document.object));
    case "token": {
      const { fingerprint, object } = document;
      const { id, made } = await makeToken(api, object, fingerprint);
      tokens[fingerprint] = id;
      if (made) say(`cluster objects: bootstrap token ${id} made`);
      return made;
    }
    case "object":
      return applyObject(api, document, say);
  }
}

/** Milliseconds until Kubernetes' own namespaces exist. An API server creates them after it has begun to serve. */
const NAMESPACES = 15_000;

async function applyObject(
  api: KubernetesApi,
  { object: wanted, name }: Document & { readonly kind: "object" },
  say: Say,
): Promise<boolean> {
  const before = await api.get(name);
  const { object, edited } = withoutEdited(wanted, before, MANAGER);
  if (edited) say(keptEdit(edited));
  const attempt = () => api.serverSideApply(object);
  try {
    const after = await retry(attempt, {
      clock: api.clock,
      limit: NAMESPACES,
      isTemporary: (error) =>
        isNamespaceMissing(error) &&
        KUBERNETES_OWN.test(`v1 Namespace ${object.metadata.namespace}`),
    });
    return !isSame(before, after);
  } catch (error) {
    if (!before || !isAnotherRole(error)) throw error;
    say(
      `cluster objects: ${titleOf(name)} deleted and created again, because its role cannot be changed`,
    );
    await api.remove(name);
    await attempt();
    return true;
  }
}

const isNamespaceMissing = (error: unknown): boolean =>
  isRefusal(error, 404) && error.refusal.details?.kind === "namespaces";

/** Whether a binding is to get another role: that cannot be changed in an existing binding. */
const isAnotherRole = (error: unknown): boolean =>
  isRefusal(error, 422) &&
  (error.refusal.details?.causes?.some(({ field }) => field === "roleRef") ??
    false);

/** The label by which a token is found if an earlier run made it and then failed. */
const FINGERPRINT = "cdktf-control-plane/fingerprint";

async function makeToken(
  api: KubernetesApi,
  object: ApiObject,
  fingerprint: string,
): Promise<{ id: string; made: boolean }> {
  const [found] = await api.list(
    { apiVersion: "v1", kind: "Secret" },
    {
      namespace: "kube-system",
      labelSelector: `${FINGERPRINT}=${fingerprint}`,
    },
  );
  if (found) {
    const id = found.metadata.name.replace(/^bootstrap-token-/, "");
    return { id, made: false };
  }
  const token = newToken();
  const { ttl, ...annotations } = object.metadata.annotations ?? {};
  const { labels } = object.metadata;
  const life = ttl === undefined ? 0 : milliseconds(ttl);
  const fields = object.stringData as Record<string, string>;
  await api.serverSideApply(
    tokenSecret(
      token,
      {
        ...fields,
        ...(life > 0 && { expiration: expirationAfter(api.clock, life) }),
      },
      { annotations, labels: { ...labels, [FINGERPRINT]: fingerprint } },
    ),
  );
  return { id: token.id, made: true };
}

/** Never removed: an API server would create them again. */
const KUBERNETES_OWN =
  /^v1 Namespace (default|kube-system|kube-public|kube-node-lease)$/;

/** Removes in the reverse order, one after the other, so that custom objects are removed before their definitions. */
async function removeLeft(
  api: KubernetesApi,
  documents: readonly Document[],
  tokens: Readonly<Record<string, string>>,
  previous: AppliedObjects,
): Promise<number> {
  const present = new Set(
    entriesOf(documents).map((entry) => identityOf(objectOf(entry))),
  );
  const left = previous.objects
    .filter((entry) => !present.has(identityOf(objectOf(entry))))
    .filter((entry) => !KUBERNETES_OWN.test(entry))
    .reverse();
  for (const entry of left) await api.remove(objectOf(entry));
  const leftTokens = Object.keys(previous.tokens).filter(
    (fingerprint) => !(fingerprint in tokens),
  );
  for (const fingerprint of leftTokens)
    await revoke(api, previous.tokens[fingerprint]);
  return left.length + leftTokens.length;
}
