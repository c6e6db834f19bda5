import { noSudo, notRoot, type Target } from "./errors";
import type { Connection } from "./connection";
import type { Host, Outcome, RunOptions, Socket } from "./host";
import { scriptCommand } from "./shell";
import { lastLine } from "./ssh-failure";

const SUDO = ["sudo", "-n", "--"];

/** Says who this is, and whether it takes sudo, may it be used, to be root: only a whole shell counts. */
const CHECK = `
id -un
[ "$(id -u)" = 0 ] && exit 0
[ "$1" = sudo ] || exit 2
${SUDO.join(" ")} sh -c : && exit 1
exit 3
`;

/** Milliseconds: sudo may have to ask a directory of users. */
const TIMEOUT = 60_000;

/** A host where all is done as root. */
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
    const { exitCode, stdout, stderr } = await connection.execute(
      scriptCommand(CHECK, [sudo ? "sudo" : ""]),
      { timeout: TIMEOUT },
    );
    const said = stdout.toString().trim();
    const user = /^[\w.@\\-]{1,256}\$?$/.test(said) ? said : "somebody";
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
