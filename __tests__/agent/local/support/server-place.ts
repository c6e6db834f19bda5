import {
  chmodSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unhealthyOf } from "../../../../lib/agent/health/health";
import { thisMachine } from "../../../../lib/agent/hosts/local";
import {
  type LocalProcess,
  runningProcess,
  startProcess,
  stopProcess,
} from "../../../../lib/agent/processes/processes";
import { SYSTEM_CLOCK } from "../../../../lib/base/clock";
import { Store } from "../../../../lib/store/store";

/** A server that answers with the text of the file in its second argument, which it reads when it starts. */
export const SERVER = `#!${process.execPath}
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const [, , port, file] = process.argv;
const text = readFileSync(file, "utf8");
createServer((_, answer) => answer.end(text + process.env.GREETING)).listen(port, "127.0.0.1", () => console.log("listens"));
if (process.env.STUBBORN) process.on("SIGTERM", () => console.log("not yet"));
`;

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server: Server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => done(free));
    });
  });
}

const HERE = thisMachine("here");

/** A folder with a store, and with a server that can be run on a free port. */
export class ServerPlace {
  folder = "";
  store!: Store;
  port = 0;
  /** The processes that are ended after the test. */
  readonly started = new Set<[Store, string]>();

  /** Another one for each test of the file. */
  static inEachTest(): ServerPlace {
    const place = new ServerPlace();
    beforeEach(() => place.make());
    afterEach(() => place.remove());
    return place;
  }

  private async make(): Promise<void> {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "processes-")));
    this.store = new Store(join(this.folder, "store"));
    this.store.open();
    this.port = await freePort();
    this.write("text", "hello ");
    this.write("server", SERVER);
    chmodSync(join(this.folder, "server"), 0o755);
  }

  private async remove(): Promise<void> {
    for (const [store, name] of this.started)
      await stopProcess({ store, clock: SYSTEM_CLOCK }, name, 0);
    this.started.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get keeper() {
    return { store: this.store, clock: SYSTEM_CLOCK };
  }

  /** The process of the server. */
  get pid(): number {
    return runningProcess(this.store, "server")!.pid;
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  recipe(changes: Partial<LocalProcess> = {}): LocalProcess {
    const { port } = this;
    const health = {
      scheme: "http" as const,
      host: "127.0.0.1",
      port,
      path: "/",
    };
    const served = { name: "server", ports: [port], timeout: 20, health };
    return {
      name: "server",
      command: ["./server", String(port), "text"],
      environment: { GREETING: "world" },
      directory: this.folder,
      files: ["text"],
      ports: [port],
      isReady: async () =>
        (await unhealthyOf(HERE, [served], undefined)).length === 0,
      timeout: 20,
      ...changes,
    };
  }

  async start(changes: Partial<LocalProcess> = {}): Promise<boolean> {
    const wanted = this.recipe(changes);
    this.started.add([this.store, wanted.name]);
    return startProcess(wanted, {
      store: this.store,
      agent: "test",
      clock: SYSTEM_CLOCK,
      say: () => {},
    });
  }

  async answer(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port}/`)).text();
  }
}

const LIB = join(__dirname, "../../../../lib");

/**
 * A program that starts a process in the store of its folder.
 * @param isReady code
 * @param then code that follows the start
 */
export const starter = (
  wanted: LocalProcess,
  isReady: string,
  then = "",
): string =>
  `import { startProcess } from ${JSON.stringify(join(LIB, "agent/processes/processes"))};
   import { SYSTEM_CLOCK as clock } from ${JSON.stringify(join(LIB, "base/clock"))};
   import { Store } from ${JSON.stringify(join(LIB, "store/store"))};
   const wanted = { ...${JSON.stringify(wanted)}, isReady: ${isReady} };
   void startProcess(wanted, { store: new Store("store"), clock, agent: "test", say: console.log })${then};`;
