import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fingerprintOf } from "../../../lib/agent/rollout/wanted";
import type { ComponentRequest } from "../../../lib/request/request";
import { freePort, Sshd, makeFolder } from "../../agent/hosts/support/sshd";

/**
 * A fake host for checks: a real sshd whose sessions have their own `/var/lib`, and a component that answers requests.
 * It runs nothing else, and changes nothing on this machine.
 */
export class FakeHost {
  /** The HTTP status of the component's answers. */
  status = 200;

  private constructor(
    readonly sshd: Sshd,
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<FakeHost> {
    const folder = makeFolder();
    // Everything else is read-only, and sockets below /run cannot be reached.
    const inside = [
      `mount --bind ${folder} /var/lib`,
      "mount -o remount,bind,ro /",
      "mount -t tmpfs none /run",
      'exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"',
    ].join(" && ");
    const sshd = await Sshd.start({
      port: await freePort(),
      config: [`ForceCommand unshare -rm /bin/sh -c '${inside}'`],
    });
    const server = createServer((_, response) => {
      response.writeHead(host.status).end();
    });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    const host = new FakeHost(sshd, folder, server);
    host.write("/var/lib/cdktf-control-plane/kubelet", fingerprintOf([]));
    return host;
  }

  get component(): ComponentRequest {
    const { port } = this.server.address() as AddressInfo;
    return {
      name: "kube-scheduler",
      health: { scheme: "http", host: "127.0.0.1", port, path: "/livez" },
      ports: [],
      timeout: 5,
    };
  }

  /** Writes a file below `/var/lib`. */
  write(path: string, text: string): void {
    const file = this.at(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
  }

  remove(path: string): void {
    rmSync(this.at(path));
  }

  async end(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
    await this.sshd.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private at(path: string): string {
    return join(this.folder, path.replace(/^\/var\/lib\//, ""));
  }
}
