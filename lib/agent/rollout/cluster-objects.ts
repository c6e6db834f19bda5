import { YAMLException } from "js-yaml";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import type { ApiObject } from "../cluster/api-object";
import type { KubernetesApi } from "../cluster/api";
import {
  applyObjects,
  attemptedObjects,
  type ObjectsFile,
} from "../cluster/objects";
import { unreadableObjects } from "../cluster/errors";
import type { RolloutRequest } from "../../request/request";
import type { Store } from "../../store/store";
import type { Session } from "./session";

/** Brings the cluster to its objects; what is applied is kept, so that what leaves is removed. */
export async function bringObjects(
  api: KubernetesApi,
  request: RolloutRequest,
  session: Session,
): Promise<void> {
  const { store, say } = session.work;
  const files = objectFiles(request, store);
  const previous = session.inventory.objects;
  await session.keep({
    ...session.inventory,
    objects: attemptedObjects(files, previous),
  });
  const objects = await applyObjects(api, files, previous, say);
  await session.keep({ ...session.inventory, objects });
}

/** What the cluster is to have; a node that retires has no object any more. */
export function objectFiles(
  { objects, nodes }: Pick<RolloutRequest, "objects" | "nodes">,
  store: Store,
): ObjectsFile[] {
  const retiring = new Set(
    nodes.flatMap(({ name, retire }) => (retire ? [name] : [])),
  );
  return objects.flatMap((file) => {
    const text = store.read(file);
    if (!text) return [];
    return {
      file,
      objects: documentsIn(file, text.toString()).filter(
        ({ kind, metadata }) =>
          kind !== "Node" || !retiring.has(metadata?.name),
      ),
    };
  });
}

/** An empty document is none. */
function documentsIn(file: string, text: string): ApiObject[] {
  try {
    return readKubernetesYaml(text) as ApiObject[];
  } catch (error) {
    // The message would quote the lines around the place, a secret perhaps.
    if (error instanceof YAMLException)
      throw unreadableObjects(file, error.reason, (error.mark?.line ?? 0) + 1);
    throw error;
  }
}
