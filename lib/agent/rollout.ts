import type { Work } from "./batch";
import type { NodeRequest, RolloutRequest } from "./request";
import { files } from "./report";
import { runSteps, type Step } from "./steps";
import { inventoryFile, stampPath, type Inventory, type Store } from "./store";

/**
 * Brings the nodes to their trees. With access to a directory that is where they are: what remains is to forget
 * the nodes that left and to keep the inventory.
 */
export async function runRollout(
  request: RolloutRequest,
  work: Work,
): Promise<void> {
  await runSteps(rolloutSteps(request, work));
}

export function rolloutSteps(
  request: RolloutRequest,
  { store, agent, say }: Work,
): Step[] {
  const present = store.inventory();
  const inventory = inventoryOf(request, present);
  const known = new Set(request.nodes.map(({ name }) => name));
  const left = [
    ...new Set([...Object.keys(present?.nodes ?? {}), ...nodesIn(store)]),
  ].filter((name) => !known.has(name));
  return [
    ...left.map((name) => removeNode(name, store, say)),
    {
      title: `${request.clusterName}: inventory`,
      needed: () => !store.holds(inventoryFile(inventory)),
      apply: async () => {
        await store.write([inventoryFile(inventory)], agent);
        const count =
          request.nodes.length === 1
            ? "1 node"
            : `${request.nodes.length} nodes`;
        say(`${request.clusterName}: ${count} in ${store.shown("nodes")}`);
      },
    },
  ];
}

/** The tree goes before its stamps: killed between the two, the stamps still say what is to be removed. */
export function removeNode(
  name: string,
  store: Store,
  say: (line: string) => void,
): Step {
  const tree = `nodes/${name}`;
  return {
    title: `${name}: remove`,
    needed: () =>
      store.files(tree).length > 0 || store.files(stampFolder(tree)).length > 0,
    apply: () => {
      const count = store.files(tree).length;
      store.remove([
        tree,
        `pending/${tree}`,
        stampFolder(tree),
        stampPath(tree),
      ]);
      say(`${name}: left, ${files(count)} removed`);
    },
  };
}

const stampFolder = (folder: string): string => `.stamps/${folder}`;

/** By their trees, or by the stamps that a killed run left of them. */
function nodesIn(store: Store): string[] {
  return ["nodes", stampFolder("nodes")].flatMap((folder) =>
    store.files(folder).map((path) =>
      path
        .slice(folder.length + 1)
        .split("/")[0]
        .replace(/\.json$/, ""),
    ),
  );
}

function inventoryOf(
  request: RolloutRequest,
  present: Inventory | undefined,
): Inventory {
  const { stack, clusterName, kubernetesVersion, endpoint, adminKubeconfig } =
    request;
  const entry = ({ name, address, access }: NodeRequest) =>
    [name, { address, access: { kind: access.kind } }] as const;
  return {
    ...present,
    stack,
    clusterName,
    kubernetesVersion,
    endpoint,
    adminKubeconfig,
    nodes: Object.fromEntries(request.nodes.map(entry)),
  };
}
