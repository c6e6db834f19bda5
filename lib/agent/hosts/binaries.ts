import { createReadStream } from "node:fs";
import { NODE_STATE_DIR } from "../../catalog/paths";
import { undelivered } from "./errors";
import type { BinaryRequest } from "../../request/request";
import type { DeliveryOptions } from "./delivery";
import type { Host } from "./host";
import { WAY } from "./way";

/** A binary that is brought. */
export type BroughtBinary = BinaryRequest & Required<BinaryRequest>;

export const isBrought = (binary: BinaryRequest): binary is BroughtBinary =>
  binary.source !== undefined;

/** Where binaries wait for their node's turn, by their fingerprints. */
const STAGED = `${NODE_STATE_DIR}/binaries`;

export const stagedPath = (
  { source }: BroughtBinary,
  { root = "" }: DeliveryOptions = {},
): string => `${root}${STAGED}/${source.sha256}`;

/** A binary may have a hundred megabytes, and its way be slow. */
const TIMEOUT = 30 * 60_000;

/** `$1` the folder of those that wait. */
const COMMON = `${WAY}
root=\${1%${STAGED}}
`;

/** `$1` the folder; then the fingerprints that are wanted there. What isn't wanted any more goes. */
const STAGED_ALREADY = `${COMMON}
folder=$1
shift
[ -d "$folder" ] || exit 0
lead_to "$folder/binary"
for path in "$folder"/* "$folder"/.[!.]*; do
  [ -f "$path" ] || continue
  case " $* " in
    *" \${path##*/} "*)
      sum=$(sha256sum <"$path")
      if [ "\${sum%% *}" = "\${path##*/}" ]; then
        echo "\${path##*/}"
        continue
      fi ;;
  esac
  rm -f "$path"
done
`;

/** `$1` the folder, `$2` the fingerprint of what is read. It has its name when all of it has come. */
const STAGE = `${COMMON}
make=yes
lead_to "$1/binary"
chmod 700 "\${1%/*}" || exit 1
umask 077
new=$1/.$2.$$
trap 'rm -f "$new"' EXIT
cat >"$new" || exit 1
sum=$(sha256sum <"$new")
if [ "\${sum%% *}" != "$2" ]; then
  echo "what arrived is not what was sent" >&2
  exit 1
fi
chmod 0700 "$new" && { sync "$new" 2>/dev/null || sync; } && mv -f "$new" "$1/$2"
`;

/** Sends what isn't there yet, to wait beside its place; gives what was sent. */
export async function stageBinaries(
  host: Host,
  binaries: readonly BroughtBinary[],
  { root = "" }: DeliveryOptions = {},
): Promise<readonly BroughtBinary[]> {
  const sums = binaries.map(({ source }) => source.sha256);
  const { exitCode, stdout, stderr } = await host.run(STAGED_ALREADY, {
    args: [root + STAGED, ...sums],
    timeout: TIMEOUT,
  });
  if (exitCode !== 0) throw undelivered(host.name, stderr.trim());
  const there = new Set(stdout.toString().split("\n"));
  const missing = binaries.filter(({ source }) => !there.has(source.sha256));
  for (const { path, source } of missing) {
    const { exitCode, stderr } = await host.run(STAGE, {
      args: [root + STAGED, source.sha256],
      input: createReadStream(source.file),
      timeout: TIMEOUT,
    });
    if (exitCode !== 0)
      throw undelivered(
        host.name,
        `${source.file} for ${path}: ${stderr.trim()}`,
      );
  }
  return missing;
}

/** `$1` the folder; then for each a fingerprint and a path. Whoever runs the old one goes on with it. */
const PLACE = `${COMMON}
folder=$1
shift
# All, before the first is placed.
check() {
  while [ $# -gt 0 ]; do
    lead_to "$2"
    shift 2
  done
}
lead_to "$folder/binary"
check "$@"
make=yes
while [ $# -gt 0 ]; do
  staged=$folder/$1
  path=$2
  new=\${path%/*}/.\${path##*/}.new
  shift 2
  lead_to "$path"
  # Where it waits no more, all but its mode and owner is right already.
  [ -f "$staged" ] || staged=$path
  rm -f "$new"
  if ! { cat "$staged" >"$new" && chown 0:0 "$new" && chmod 0755 "$new" && mv -f "$new" "$path"; }; then
    rm -f "$new"
    echo "$path cannot be written" >&2
    exit 1
  fi
done
rm -rf "$folder"
sync
`;

/** Moves what waits into its place, one rename each. */
export async function placeBinaries(
  host: Host,
  binaries: readonly BinaryRequest[],
  { root = "" }: DeliveryOptions = {},
): Promise<void> {
  const brought = binaries.filter(isBrought);
  if (brought.length === 0) return;
  const { exitCode, stderr } = await host.run(PLACE, {
    args: [
      root + STAGED,
      ...brought.flatMap(({ path, source }) => [source.sha256, root + path]),
    ],
    timeout: TIMEOUT,
  });
  if (exitCode !== 0) throw undelivered(host.name, stderr.trim());
}
