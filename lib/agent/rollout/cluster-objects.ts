import type { ApiObject, KubernetesApi } from "../cluster/api";
import {
  applyObjects,
  begunObjects,
  type ObjectsFile,
} from "../cluster/objects";
import type { RolloutRequest } from "../request";
import type { Store } from "../store";
import { fromYamlDocuments } from "../yaml";
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
    objects: begunObjects(files, previous),
  });
  const objects = await applyObjects(api, files, previous, say);
  await session.keep({ ...session.inventory, objects });
}

/** What the cluster is to have; a node that retires has no object any more. */
function objectFiles(
  { objects, nodes }: RolloutRequest,
  store: Store,
): ObjectsFile[] {
  const retiring = new Set(
    nodes.flatMap(({ name, retire }) => (retire ? [name] : [])),
  );
  return objects.flatMap((file) => {
    const text = store.read(file);
    if (!text) return [];
    const documents = fromYamlDocuments(text.toString()) as ApiObject[];
    return {
      file,
      objects: documents.filter(
        ({ kind, metadata }) =>
          kind !== "Node" || !retiring.has(metadata?.name),
      ),
    };
  });
}
