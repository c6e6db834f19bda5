import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import {
  proxyRuns,
  startProxy,
  stopProxy,
} from "../../../lib/agent/processes/proxy";
import { startProcess } from "../../../lib/agent/processes/processes";
import { Store } from "../../../lib/store/store";
import { toYaml } from "../../../lib/render/yaml";

const PATH = "proxies/web.yaml";

const LISTEN = `require("node:net").createServer().listen(process.argv[1])`;

let folder: string;
let store: Store;
let unixSocket: string;
let theirs: Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "proxy-"));
  store = new Store(join(folder, "store"));
  store.open();
  unixSocket = join(folder, "socket");
  theirs = createServer();
  await new Promise<void>((done) => theirs.listen(unixSocket, done));
});

afterEach(() => {
  theirs.close();
  rmSync(folder, { recursive: true, force: true });
});

const work = () => ({
  store,
  agent: "test",
  clock: SYSTEM_CLOCK,
  say: () => {},
});

const keep = (text: string): Promise<unknown> =>
  store.write(
    [{ path: PATH, content: Buffer.from(text), mode: 0o600 }],
    "test",
  );

const spec = () => ({
  kubectl: "kubectl",
  kubeconfig: "kubeconfigs/admin.conf",
  flags: [],
  unixSocket,
});

test("a proxy never takes a socket where somebody else listens", async () => {
  await expect(startProxy(PATH, spec(), work())).rejects.toThrow(
    `The socket ${unixSocket}, where kubectl-proxy-web is to listen, is somebody else's`,
  );
});

test("the socket of a proxy goes with it, recorded or not", async () => {
  const own = join(folder, "own");
  await keep(toYaml({ ...spec(), unixSocket: own }));
  for (const isRecorded of [true, false]) {
    await startProcess(
      {
        name: "kubectl-proxy-web",
        command: [process.execPath, "-e", LISTEN, own],
        directory: folder,
        ports: [],
        isReady: () => Promise.resolve(existsSync(own)),
        timeout: 20,
      },
      work(),
    );
    if (!isRecorded) store.remove(["processes/kubectl-proxy-web.json"]);
    await stopProxy(PATH, work());
    expect(existsSync(own)).toBe(false);
  }
});

test("the socket of a proxy that ended is removed, but not where somebody else listens by now", async () => {
  await keep(toYaml(spec()));
  await stopProxy(PATH, work());
  expect(existsSync(unixSocket)).toBe(true);
});

test("a proxy whose file was broken by a hand does not run, and keeps nothing from being ended", async () => {
  await keep("a: [");
  expect(await proxyRuns(PATH, store)).toBe(false);
  await stopProxy(PATH, work());
});
