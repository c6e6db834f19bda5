import type { Target } from "./errors";
import { noCommands, noSudo, notRoot } from "./errors-user";
import type { Connection } from "./connection";
import type { Host, Outcome, RunOptions, Socket } from "./host";
import BECOME_ROOT from "./scripts/become-root.sh";
import { scriptCommand } from "./shell";
import { lastLine } from "./ssh-failure";

const SUDO = ["sudo", "-n", "--"];

/** Milliseconds: sudo may have to query a directory service. */
const TIMEOUT = 60_000;

/** A host on which everything runs as root. */
export class RootHost implements Host {
  private constructor(
    readonly name: string,
    private readonly connection: Connection,
    private readonly becomeRoot: readonly string[],
  ) {}

  static async enter(
    connection: Connection,
    target: Target,
    sudo: boolean,
  ): Promise<RootHost> {
    const { exitCode, stdout, stderr, begun } = await connection.execute(
      scriptCommand(BECOME_ROOT, sudo ? SUDO : []),
      { timeout: TIMEOUT },
    );
    if (!begun)
      throw noCommands(
        target,
        [stdout.toString(), stderr].map(lastLine).filter(Boolean).join("; "),
      );
    const said = stdout.toString().trim();
    const user = /^[\w.@\\-]{1,256}\$?$/.test(said) ? said : "(unknown)";
    if (exitCode === 2) throw notRoot(target, user);
    if (exitCode > 1)
      throw noSudo(target, user, lastLine(stderr) || `exit code ${exitCode}`);
    return new RootHost(target.node, connection, exitCode === 0 ? [] : SUDO);
  }

  run(
    script: string,
    { args = [], ...options }: RunOptions = {},
  ): Promise<Outcome> {
    return this.connection.execute(
      [...this.becomeRoot, ...scriptCommand(script, args)],
      options,
    );
  }

  reach(host: string, port: number): Promise<Socket> {
    return this.connection.reach(host, port);
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
