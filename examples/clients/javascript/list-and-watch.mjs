// Lists the nodes and pods of a cluster with their addresses, then prints what happens to a namespace's config maps.
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, KubeConfig, Watch } from "@kubernetes/client-node";

const GONE = 410;
const WATCH_SECONDS = 300;

const [kubeconfig, namespace = "default", events = "Infinity"] =
  process.argv.slice(2);
if (!kubeconfig || !(Number(events) > 0)) {
  console.error("usage: list-and-watch.mjs KUBECONFIG [NAMESPACE [EVENTS]]");
  process.exit(2);
}

const config = new KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(CoreV1Api);

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => interrupted.abort());

await printNodes();
await printPods();
let left = Number(events);
for await (const event of changes()) {
  say(...event);
  if (--left === 0) break;
}

async function printNodes() {
  say("Nodes with their addresses:");
  const { items } = await core.listNode();
  for (const { metadata, status } of items) {
    const internal = status.addresses?.find(
      ({ type }) => type === "InternalIP",
    );
    say(internal?.address ?? "-", metadata.name);
  }
}

async function printPods() {
  say("Pods with their addresses:");
  const { items } = await core.listPodForAllNamespaces();
  for (const { metadata, status } of items)
    say(status.podIP ?? "-", metadata.namespace, metadata.name);
}

/** Yields the changes of the namespace's config maps until it is interrupted. It starts the next watch whenever one ends. */
async function* changes() {
  let { known, version } = await listed();
  say(`Watching the ${known.size} config maps of ${namespace}:`);
  while (!interrupted.signal.aborted) {
    try {
      if (version === undefined) {
        const now = await listed();
        yield* differences(known, now.known);
        ({ known, version } = now);
      }
      for await (const { type, object } of watched(version)) {
        if (type === "ERROR") throw object;
        const { name, resourceVersion } = object.metadata;
        version = resourceVersion;
        // A bookmark only reports a newer version.
        if (type === "BOOKMARK") continue;
        if (type === "DELETED") known.delete(name);
        else known.set(name, version);
        yield [type, name];
      }
    } catch (error) {
      if ((error.statusCode ?? error.code) === GONE) {
        // Only a new list shows what happened since that version.
        console.error(`listing again: ${error.message}`);
        version = undefined;
      } else {
        await wait(error.message);
      }
    }
  }
}

/** Yields the events of one watch, until the server or an interruption ends it. */
async function* watched(resourceVersion) {
  const queue = [];
  let ended = false;
  let failure;
  let wake = () => {};
  const request = await new Watch(config).watch(
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`,
    {
      resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
    },
    (type, object) => {
      queue.push({ type, object });
      wake();
    },
    (error) => {
      ended = true;
      failure = error;
      wake();
    },
  );
  const end = () => request.abort();
  interrupted.signal.addEventListener("abort", end);
  // A server that lost power does not close the connection.
  const timer = setTimeout(end, (WATCH_SECONDS + 10) * 1000);
  try {
    if (interrupted.signal.aborted) return;
    for (;;) {
      yield* queue.splice(0);
      if (queue.length > 0) continue;
      if (ended) break;
      await new Promise((resolve) => (wake = resolve));
    }
    if (failure && failure.name !== "AbortError") throw failure;
  } finally {
    clearTimeout(timer);
    interrupted.signal.removeEventListener("abort", end);
    end();
  }
}

/** Returns the version of each config map by its name, and the version of the list. */
async function listed() {
  const { metadata, items } = await core.listNamespacedConfigMap({ namespace });
  return {
    known: new Map(
      items.map((each) => [each.metadata.name, each.metadata.resourceVersion]),
    ),
    version: metadata.resourceVersion,
  };
}

function* differences(before, now) {
  for (const name of [...new Set([...before.keys(), ...now.keys()])].sort())
    if (!now.has(name)) yield ["DELETED", name];
    else if (!before.has(name)) yield ["ADDED", name];
    else if (before.get(name) !== now.get(name)) yield ["MODIFIED", name];
}

async function wait(reason) {
  console.error(`trying again in a second: ${reason}`);
  await sleep(1000, undefined, { signal: interrupted.signal }).catch(() => {});
}

function say(...words) {
  console.log(words.join("\t"));
}
