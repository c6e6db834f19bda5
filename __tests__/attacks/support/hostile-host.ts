import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Sshd } from "../../agent/hosts/support/sshd";

/**
 * A real sshd, each of whose sessions is answered by a program of the test instead of what was asked for. `$command` is
 * what was asked for; `honest` does it, as a login shell would.
 */
export async function hostileHost(
  script: string,
  config: readonly string[] = [],
): Promise<Sshd> {
  const sshd = await Sshd.make({ config });
  const program = join(sshd.folder, "shell");
  writeFileSync(
    program,
    `#!/bin/bash
command=$SSH_ORIGINAL_COMMAND
honest() { exec /bin/sh -c "$command"; }
${script}
`,
  );
  chmodSync(program, 0o755);
  const hostile = await Sshd.start({
    like: sshd,
    config: [`ForceCommand ${program}`, ...config],
  });
  const remove = hostile.remove.bind(hostile);
  hostile.remove = async () => {
    await remove();
    await sshd.remove();
  };
  return hostile;
}

/** What a script of ours announces itself with, so that what follows is taken for its answer. */
export const BEGIN = `printf 'cdktf-control-plane: the script begins\\n'`;
