import { YAMLException } from "js-yaml";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import type { ApiObject } from "../cluster/api-object";
import type { KubernetesApi } from "../cluster/api";
import {
  applyObjects,
  attemptedObjects,
  type ObjectsFile,
} from "../cluster/objects";
import { awaitBoundRoles } from "../cluster/bound-roles";
import { unreadableObjects } from "../cluster/errors";
import { unfilledRole } from "../cluster/errors-access";
import { hasControllerManager } from "../../request/roles";
import type { RolloutRequest } from "../../request/request";
import type { Store } from "../../store/store";
import type { Session } from "./session";

/** Applies the cluster objects, and records them, so that objects which leave the program are removed. */
export async function applyClusterObjects(
  api: KubernetesApi,
  request: RolloutRequest,
  session: Session,
): Promise<void> {
  const { store, say } = session.work;
  const files = objectFiles(request, store);
  const previous = session.inventory.objects;
  await session.saveInventory({
    ...session.inventory,
    objects: attemptedObjects(files, previous),
  });
  const objects = await applyObjects(api, files, previous, say);
  await session.saveInventory({ ...session.inventory, objects });
  const isFilling = request.nodes.some(hasControllerManager);
  const lacking = await awaitBoundRoles(
    api,
    files.flatMap((file) => file.objects),
    isFilling,
  );
  for (const role of lacking) say(unfilledRole(role, isFilling));
}

/** The objects that the cluster should have, without the Node objects of nodes that retire. */
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
      objects: documentsIn(file, text.toString()).filter((document) => {
        const { kind, metadata } = document as Partial<ApiObject>;
        return kind !== "Node" || !retiring.has(metadata?.name ?? "");
      }),
    };
  });
}

/** Parses the objects in a file; empty documents are skipped. */
function documentsIn(file: string, text: string): unknown[] {
  try {
    return readKubernetesYaml(text);
  } catch (error) {
    // The full message would quote the lines around the error, which may hold a secret.
    if (error instanceof YAMLException)
      throw unreadableObjects(file, error.reason, (error.mark?.line ?? 0) + 1);
    throw error;
  }
}
