import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, Sshd } from "../../agent/hosts/support/sshd";

/**
 * What a hostile answer is made of. `honest` does what was asked for, as a login shell would, on a machine whose folders
 * of a node are empty: what somebody left on this one neither counts nor is touched. `made_before` may be a function that
 * puts something there. `begin` has what follows taken for a script's answer; `fact` forges lines of such answers.
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

/** Who looks at a host first asks who it is, then how the machine is, then for its files. */
export const HONEST_UNTIL = {
  /** Only who it is. */
  facts: `if asked 'id -un'; then honest; fi\n`,
  /** How the machine is, too. */
  files: `if asked 'id -un' || asked 'fact began'; then honest; fi\n`,
};

/** A real sshd, each of whose sessions is answered by a shell of the test's instead of what was asked for. */
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
