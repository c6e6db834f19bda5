import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program that answers as ssh would: it reaches no host, or one on which every script ends well and says nothing. */
const SSH = {
  refuses: `echo "ssh: connect to host a port 22: Connection refused" >&2; exit 255`,
  accepts: `case " $* " in
*" -N "*) echo ready; exec sleep 60 ;;
*) printf 'cdktf-control-plane: the script begins\\n' ;;
esac`,
} as const;

export type Reach = "no ssh" | keyof typeof SSH;

/** Folders for PATH, by how hosts are reached. */
export function sshFolders(): Readonly<Record<Reach, string>> {
  const root = mkdtempSync(join(tmpdir(), "ssh-"));
  const folder = (name: keyof typeof SSH): string => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "ssh"), `#!/bin/sh\n${SSH[name]}\n`, {
      mode: 0o755,
    });
    return `${join(root, name)}:/bin`;
  };
  return {
    "no ssh": root,
    refuses: folder("refuses"),
    accepts: folder("accepts"),
  };
}
