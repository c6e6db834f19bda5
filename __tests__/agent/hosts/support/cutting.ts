import { connect, createServer, type Server, type Socket } from "node:net";

/** A proxy to a port that can cut the connection after a number of bytes. */
export class CuttingProxy {
  private readonly sockets = new Set<Socket>();
  private left = Number.POSITIVE_INFINITY;
  /** The number of bytes that were sent to the port. */
  passed = 0;

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on("connection", (client) => proxy.join(client, port));
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return proxy;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  cutAfter(bytes: number): void {
    this.left = bytes;
  }

  repair(): void {
    this.left = Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, port: number): void {
    const server = connect(port, "127.0.0.1");
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => this.sockets.delete(socket));
    }
    server.pipe(client);
    client.on("end", () => server.end());
    client.on("data", (chunk: Buffer) => {
      this.passed += chunk.length;
      if (chunk.length <= this.left) server.write(chunk);
      else if (this.left > 0) server.write(chunk.subarray(0, this.left));
      this.left -= chunk.length;
      if (this.left < 0) this.cut();
    });
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroySoon();
  }
}
