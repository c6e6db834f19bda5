import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, Sshd } from "../../agent/hosts/support/sshd";

/**
 * Shell functions for hostile answers. `honest` runs the requested command, as a login shell would, with empty /etc and
 * /var/lib, so that files on this machine neither matter nor change. A function `made_before` may put files there.
 * `begin` prints the text after which the output counts as a script's answer. `fact` forges a line of such an answer.
 */
const FUNCTIONS = `
command=$SSH_ORIGINAL_COMMAND
honest() {
  if [ -z "$UNSHARED" ]; then UNSHARED=yes exec unshare --mount "$0"; fi
  for folder in /etc /var/lib; do mount -t tmpfs -o mode=755 none $folder || exit 99; done
  ! command -v made_before >/dev/null || made_before
  exec /bin/sh -c "$command"
}
asked() { case $command in *"$1"*) return 0 ;; esac; return 1; }
begin() { printf 'cdktf-control-plane: the script begins\\n'; }
endless() { exec tr '\\0' a </dev/zero; }
fact() {
  printf '%s' "$1"
  shift
  for value in "$@"; do printf ' %s' "$(printf "$value" | base64 -w0)"; done
  printf '\\n'
}
facts() {
  begin
  fact began "$(date +%s)"
  fact architecture x86_64
  fact finished "$(date +%s)"
}
`;

/** The agent first asks for the user, then for the facts, then for the files. The host answers honestly until then. */
export const HONEST_UNTIL = {
  /** Answers only the first question honestly. */
  facts: `if asked 'id -un'; then honest; fi\n`,
  /** Answers the question for the facts honestly as well. */
  files: `if asked 'id -un' || asked 'fact began'; then honest; fi\n`,
};

/** A real sshd that runs a shell of the test instead of the requested commands. */
export async function hostileHost(
  script: string,
  config: readonly string[] = [],
): Promise<Sshd> {
  const folder = makeFolder();
  const shell = join(folder, "shell");
  writeFileSync(shell, `#!/bin/bash\n${FUNCTIONS}\n${script}\n`);
  chmodSync(shell, 0o755);
  return Sshd.start({ config: [`ForceCommand ${shell}`, ...config] });
}
