import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect as connectSocket, createServer, type Server } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PassThrough } from "node:stream";
import { randomBytes } from "node:crypto";
import type { Host, Socket } from "../../../lib/agent/hosts/host";
import { Connections, ended, hostError, running } from "./support/place";
import { sessionsOf, Sshd, until } from "./support/sshd";
import { TSX } from "../../support/tsx";

describe("a host at the other end of an SSH connection", () => {
  let sshd: Sshd;
  let connections: Connections;
  let host: Host;

  beforeAll(async () => {
    sshd = await Sshd.start();
    connections = new Connections(join(sshd.folder, "known_hosts"));
    host = await connections.open(sshd.access());
  });

  afterAll(async () => {
    await connections.close();
    await sshd.remove();
  });

  const out = async (
    script: string,
    ...args: readonly string[]
  ): Promise<string> => (await host.run(script, { args })).stdout.toString();

  test("runs a script with arguments and input, and returns its output and exit code", async () => {
    const input = randomBytes(100_000);
    const outcome = await host.run('cat; echo "$1" >&2; exit "$2"', {
      args: ["it's\n$(id)", "3"],
      input,
    });
    expect(outcome).toEqual({
      begun: true,
      exitCode: 3,
      stdout: input,
      stderr: "it's\n$(id)\n",
    });
  });

  test("a script without input reads nothing, and a script may ignore its input", async () => {
    expect(await out("wc -c")).toBe("0\n");
    const input = new PassThrough();
    input.end(Buffer.alloc(1_000_000));
    expect(await host.run("exit 7", { input })).toMatchObject({ exitCode: 7 });
  });

  test("a script may end with 255, which ssh also uses for its own failures", async () => {
    expect(await host.run("echo no >&2; exit 255")).toMatchObject({
      exitCode: 255,
      stderr: "no\n",
    });
  });

  test("scripts wait for each other if there are more than an SSH server allows at a time", async () => {
    const numbers = Array.from({ length: 12 }, (_, at) => `${at}\n`);
    expect(
      await Promise.all(
        numbers.map((number) => out('echo "$1"', number.trim())),
      ),
    ).toEqual(numbers);
  });

  test("fails when a script takes too long, and keeps the connection", async () => {
    const error = await hostError(host.run("sleep 60", { timeout: 100 }));
    expect(error).toMatchObject({ kind: "timeout", node: "cp-1" });
    expect(error.message).toContain(
      "cp-1 (127.0.0.1) did not answer within 0.1 s",
    );
    expect(await out("echo still")).toBe("still\n");
  });

  test("fails when the input cannot be read to its end", async () => {
    const input = new PassThrough();
    const outcome = host.run("cat", { input });
    input.destroy(new Error("the archive ended early"));
    await expect(outcome).rejects.toThrow("the archive ended early");
  });

  test("fails when a script is killed, and keeps the connection", async () => {
    const error = await hostError(host.run("kill -9 $$"));
    expect(error.kind).toBe("lost");
    expect(error.message).toContain("the command on the host was killed");
    expect(await out("echo still")).toBe("still\n");
  });

  test("reaches each port of the host through one socket, for many connections", async () => {
    const server = await serve("127.0.0.1");
    const other = await serve("127.0.0.1");
    const socket = await host.reach("127.0.0.1", portOf(server));
    expect(await host.reach("127.0.0.1", portOf(server))).toBe(socket);
    const answers = [
      socket,
      socket,
      await host.reach("127.0.0.1", portOf(other)),
    ];
    expect(await Promise.all(answers.map(ask))).toEqual([
      `I am ${portOf(server)}`,
      `I am ${portOf(server)}`,
      `I am ${portOf(other)}`,
    ]);
    server.close();
    other.close();
  });

  test("a port without a listener closes only the connection to that port", async () => {
    const server = await serve("127.0.0.1");
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const socket = await host.reach("127.0.0.1", port);
    expect(await ask(socket)).toBe("");
    const again = await new Promise<Server>((resolve) => {
      const next = createServer((peer) => peer.end("back"));
      next.listen(port, "127.0.0.1", () => resolve(next));
    });
    expect(await ask(socket)).toBe("back");
    again.close();
  });

  test("no other user may use the sockets, and none is left after closing", async () => {
    const mine = await connections.open(sshd.access());
    const socket = (await mine.reach("127.0.0.1", 1)) as { path: string };
    const folder = join(socket.path, "..");
    expect(await out('stat -c %a "$1"', folder)).toBe("700\n");
    expect(running(folder).length).toBeGreaterThan(0);
    await Promise.all([mine.close(), mine.close()]);
    await mine.close();
    expect(existsSync(folder)).toBe(false);
    expect(running(folder)).toEqual([]);
    expect((await hostError(mine.run(":"))).kind).toBe("lost");
  });

  test("fails when the connection is lost, and at once for later scripts", async () => {
    const before = sessionsOf(sshd.pid);
    const mine = await connections.open(sshd.access());
    const session = sessionsOf(sshd.pid).filter((pid) => !before.includes(pid));
    const runs = ["exec sleep 60", "echo begun; exec sleep 60"].map((script) =>
      hostError(mine.run(script)),
    );
    for (const pid of session) process.kill(pid, "SIGKILL");
    for (const run of runs) expect((await run).kind).toBe("lost");
    const later = await hostError(mine.run("echo"));
    expect(later.message).toMatch(
      /^The connection to cp-1 \(127\.0\.0\.1\) was lost: .+\.\nApply again/,
    );
    expect((await hostError(mine.reach("127.0.0.1", 1))).kind).toBe("lost");
  });

  test("nothing is left when this process is killed", async () => {
    const before = new Set(running("/s"));
    const agent = spawn(
      process.execPath,
      [
        ...TSX,
        join(__dirname, "support/hold.ts"),
        JSON.stringify({
          access: sshd.access(),
          knownHosts: connections.knownHosts,
        }),
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await new Promise((resolve) => agent.stdout.once("data", resolve));
    const [master] = running("ControlMaster=yes").filter(
      (line) => !before.has(line) && line.startsWith("ssh "),
    );
    const folder = /ControlPath="(.*?)\/s"/.exec(master)?.[1] ?? "";
    expect(existsSync(folder)).toBe(true);
    agent.kill("SIGKILL");
    await ended(folder);
    await until(() => !existsSync(folder), `${folder} is left`);
  });
});

describe("an SSH server with restrictions", () => {
  let sshd: Sshd;
  let connections: Connections;

  beforeAll(async () => {
    sshd = await Sshd.start({
      config: ["MaxSessions 2", "AllowTcpForwarding no", "Banner /etc/passwd"],
    });
    connections = new Connections(join(sshd.folder, "known_hosts"));
  });

  afterAll(async () => {
    await connections.close();
    await sshd.remove();
  });

  test("lets scripts wait if it allows few sessions", async () => {
    const host = await connections.open(sshd.access());
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => host.run("sleep 0.05; echo done")),
    );
    expect(outcomes.map(({ stdout }) => stdout.toString())).toEqual(
      outcomes.map(() => "done\n"),
    );
  });

  test("fails when it does not forward ports, after the first attempt", async () => {
    const host = await connections.open(sshd.access());
    await ask(await host.reach("127.0.0.1", sshd.port));
    // ssh says why on its standard error, which may be read after the end of the connection.
    await until(
      () =>
        host.reach("127.0.0.1", sshd.port).then(
          () => false,
          () => true,
        ),
      "ports are still forwarded",
    );
    const error = await hostError(host.reach("127.0.0.1", sshd.port));
    expect(error.kind).toBe("forwarding");
    expect(error.message).toContain("Set AllowTcpForwarding to yes");
  });
});

async function serve(address: string): Promise<Server> {
  const server = createServer((peer) => peer.end(`I am ${portOf(server)}`));
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

const ask = (socket: Socket): Promise<string> =>
  text(connectSocket(socket).on("error", () => undefined)).catch(() => "");
