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

test("a proxy never takes a socket on which a foreign process listens", async () => {
  await expect(startProxy(PATH, spec(), work())).rejects.toThrow(
    `The socket ${unixSocket}, on which kubectl-proxy-web should listen, is foreign`,
  );
});

test("the socket of a proxy is removed with it, recorded or not", async () => {
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

test("the socket of a proxy that ended is removed, unless a foreign process listens on it by now", async () => {
  await keep(toYaml(spec()));
  await stopProxy(PATH, work());
  expect(existsSync(unixSocket)).toBe(true);
});

test.each([
  ["is not YAML", "a: ["],
  ["is a text", "a"],
  ["has no flags", "kubectl: a\nkubeconfig: b\nunixSocket: c\n"],
  [
    "has a port beyond range",
    "kubectl: a\nkubeconfig: b\nport: 65536\nflags: []\n",
  ],
  [
    "has a number as its socket",
    "kubectl: a\nkubeconfig: b\nunixSocket: 5\nflags: []\n",
  ],
])(
  "a proxy whose file %s counts as not running, and can still be ended",
  async (_, text) => {
    await keep(text);
    expect(await proxyRuns(PATH, store)).toBe(false);
    await stopProxy(PATH, work());
  },
);
