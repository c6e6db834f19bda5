import { lstatSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname, posix } from "node:path";
import { PROXIES } from "../../catalog/paths";
import type { ApiProxySpec } from "../../render/specs";
import type { Work } from "../../store/work";
import { waitFor } from "../cluster/retry";
import { Folder } from "../kubeconfig/held-folder";
import type { Store } from "../../store/store";
import { absolutePath, relativeTo } from "../../base/user-paths";
import {
  attempt,
  fields,
  list,
  optional,
  port as portNumber,
  text,
} from "../../base/shape";
import { readYaml } from "../../base/yaml";
import { AgentError } from "../../base/errors";
import { socketTaken } from "./errors";
import { logPaths } from "./log";
import {
  forgetProcess,
  hasProcesses,
  type LocalProcess,
  runsUpToDate,
  startProcess,
  stopProcess,
} from "./processes";

/** Seconds until it listens; it connects to nothing before that. */
const START_TIMEOUT = 15;
/** Milliseconds that a connection to this machine may take. */
const CONNECT_TIMEOUT = 2_000;
/** Milliseconds in which the system closes the sockets of a process that ended. */
const CLOSE_TIMEOUT = 2_000;

/** The name of a proxy's process: `kubectl-proxy-web` for `proxies/web.yaml`. */
export const processName = (path: string): string =>
  `kubectl-proxy-${posix.relative(PROXIES, path).replace(/\.yaml$/, "")}`;

/**
 * Makes sure that a proxy runs as its spec says, and listens. The paths in the spec are relative to the stack's folder.
 */
export async function startProxy(
  path: string,
  spec: ApiProxySpec,
  work: Pick<Work, "store" | "agent" | "clock" | "say">,
): Promise<ApiProxySpec> {
  const { store } = work;
  const here = (word: string): string => relativeTo(store.directory, word);
  const { kubectl, kubeconfig, unixSocket } = spec;
  const resolved: ApiProxySpec = {
    ...spec,
    kubectl: kubectl.includes("/") ? here(kubectl) : kubectl,
    kubeconfig: here(kubeconfig),
    ...(unixSocket !== undefined && { unixSocket: here(unixSocket) }),
  };
  if (resolved.unixSocket !== undefined) {
    const socket = absolute(resolved.unixSocket, store);
    // kubectl resolves the path itself, so no other user may be able to exchange one of its folders.
    Folder.requireOwn(dirname(socket), socket);
  }
  await refuseForeignSocket(path, resolved, store);
  await startProcess(processOf(path, resolved, store), work);
  return resolved;
}

/** Refuses a socket on which a foreign process listens, because kubectl replaces any existing socket. */
async function refuseForeignSocket(
  path: string,
  { unixSocket }: ApiProxySpec,
  store: Store,
): Promise<void> {
  const name = processName(path);
  if (unixSocket === undefined || hasProcesses(store, name)) return;
  const socket = absolute(unixSocket, store);
  if (await isListening({ path: socket })) throw socketTaken(name, socket);
}

/** Whether a proxy runs as its file in the store says. */
export async function proxyRuns(path: string, store: Store): Promise<boolean> {
  const spec = specIn(store.read(path));
  if (spec === undefined) return false;
  const wanted = processOf(path, spec, store);
  return runsUpToDate(store, wanted) && (await wanted.isReady());
}

/** Ends a proxy for good, and removes its logs and its socket. */
export async function stopProxy(
  path: string,
  work: Pick<Work, "store" | "clock" | "say">,
): Promise<void> {
  const { store, clock, say } = work;
  const name = processName(path);
  const isEnded = await stopProcess(work, name);
  if (isEnded) say(`${name}: ended`);
  forgetProcess(store, name);
  store.remove(logPaths(name));
  const { unixSocket } = specIn(store.read(path)) ?? {};
  if (unixSocket === undefined) return;
  const socket = absolute(unixSocket, store);
  const isFree = await waitFor(
    clock,
    isEnded ? CLOSE_TIMEOUT : 0,
    async () => !(await isListening({ path: socket })) || undefined,
  );
  if (isFree) removeSocket(socket);
}

const SPEC = fields<ApiProxySpec>({
  kubectl: text,
  kubeconfig: text,
  address: optional(text),
  port: optional(portNumber),
  unixSocket: optional(text),
  flags: list(text),
});

/** Parses a proxy's file. Somebody may have broken it, which must not prevent the proxy from being ended. */
const specIn = (file: Buffer | undefined): ApiProxySpec | undefined =>
  file && attempt(() => readYaml(file, SPEC));

/** Removes the socket of a proxy that was ended. A file that is not a socket is foreign, and stays. */
function removeSocket(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  try {
    const folder = Folder.open(dirname(path), path);
    const name = basename(path);
    if (lstatSync(folder.at(name), { throwIfNoEntry: false })?.isSocket())
      folder.remove(name);
    folder.close();
  } catch (error) {
    // If another user could redirect the path, the socket stays.
    if (!(error instanceof AgentError)) throw error;
  }
}

const absolute = (path: string, { directory }: Store): string =>
  absolutePath(path, directory);

/** Expands `~/`, because no shell does this for kubectl. */
const expanded = (path: string): string =>
  path.startsWith("~/") ? absolutePath(path) : path;

function processOf(
  path: string,
  spec: ApiProxySpec,
  store: Store,
): LocalProcess {
  const { kubectl, kubeconfig, flags, address, port, unixSocket } = spec;
  const where =
    unixSocket === undefined
      ? [`--address=${address}`, `--port=${port}`]
      : [`--unix-socket=${expanded(unixSocket)}`];
  return {
    name: processName(path),
    command: [
      kubectl,
      "proxy",
      `--kubeconfig=${kubeconfig}`,
      ...where,
      ...flags,
    ],
    directory: store.directory,
    files: [kubeconfig],
    ports: port === undefined ? [] : [port],
    isReady: () =>
      isListening(
        unixSocket === undefined
          ? { host: reachable(address), port: port ?? 0 }
          : { path: absolute(unixSocket, store) },
      ),
    timeout: START_TIMEOUT,
  };
}

/** The address at which a proxy that listens everywhere is reached on this machine. */
const reachable = (address = ""): string =>
  address === "0.0.0.0" ? "127.0.0.1" : address === "::" ? "::1" : address;

/** Whether a connection is accepted. Requests are not tried, because the proxy's filters may refuse them. */
function isListening(
  to:
    | { readonly path: string }
    | { readonly host: string; readonly port: number },
): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(to);
    const end = (answer: boolean): void => {
      socket.destroy();
      done(answer);
    };
    socket.setTimeout(CONNECT_TIMEOUT, () => end(false));
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
