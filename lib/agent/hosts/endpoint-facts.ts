import type { VirtualIpRequest } from "../../request/request";
import { printable } from "../../base/visible";
import type { Host } from "./host";
import { inquire } from "./inquiry";
import { OURS } from "./ours";

/** What a machine has of what leads to the API servers. Absent values are unknown, or not there. */
export interface EndpointFacts {
  /** Versions, `2.6.12`; empty where a program says none. */
  readonly haproxy?: string;
  readonly keepalived?: string;
  readonly bash: boolean;
  /** Its network interfaces, with their addresses; absent without iproute2. */
  readonly interfaces?: readonly InterfaceFacts[];
  /** Configurations of other keepalived that have a router id. */
  readonly others: readonly { readonly path: string; readonly id: number }[];
  /** Something has the virtual IP; on the same link, its hardware address is known. */
  readonly answer?: { readonly hardware?: string };
}

export interface InterfaceFacts {
  readonly name: string;
  readonly addresses: readonly string[];
}

const FUNCTIONS = `${OURS}
briefly() {
  if command -v timeout >/dev/null; then timeout 2 "$@"; else "$@"; fi
}
configurations() {
  for path in /etc/keepalived/*.conf /etc/keepalived/*/*.conf; do
    if [ -f "$path" ]; then echo "$path"; fi
  done
  for process in /proc/[0-9]*; do
    read -r name 2>/dev/null <"$process/comm" && [ "$name" = keepalived ] && ours "$process" || continue
    tr '\\0' '\\n' <"$process/cmdline" 2>/dev/null | while IFS= read -r word; do
      case $word in
        --use-file=*) echo "\${word#--use-file=}" ;;
        /*.conf) echo "$word" ;;
      esac
    done
  done
}
`;

/** `$1` and `$2` the programs, then the virtual IP, its port and our own configuration, all three empty without one. */
const MAIN = `
  if [ -x "$1" ]; then fact haproxy "$(limited "$1" -v 2>&1)"; fi
  if [ -n "$3" ]; then
    if [ -x "$2" ]; then fact keepalived "$(limited "$2" --version 2>&1)"; fi
    if command -v bash >/dev/null; then fact bash; fi
    if command -v ip >/dev/null; then
      fact links "$(ip -oneline link show 2>/dev/null)"
      fact addresses "$(ip -oneline address show 2>/dev/null)"
    fi
    configurations | sort -u | while IFS= read -r path; do
      if [ "$path" != "$5" ] && [ -f "$path" ]; then
        fact router-ids "$path" "$(only virtual_router_id <"$path")"
      fi
    done
    # What it remembers of who had the address says nothing of who has it now.
    if command -v ip >/dev/null; then
      ip neighbour flush to "$3" >/dev/null 2>&1 || true
    fi
    if command -v bash >/dev/null; then
      fact connected "$(briefly bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo yes' "$3" "$4" 2>&1)"
    fi
    if command -v ip >/dev/null; then
      fact neighbour "$(ip -oneline neighbour show to "$3" 2>/dev/null)"
    fi
  fi
`;

const TIMEOUT = 60_000;

/** One round trip. */
export async function readEndpointFacts(
  host: Host,
  programs: { readonly haproxy: string; readonly keepalived: string },
  virtualIp?: VirtualIpRequest,
): Promise<EndpointFacts> {
  const { address = "", port = "", configuration = "" } = virtualIp ?? {};
  const { text, all } = await inquire(host, {
    functions: FUNCTIONS,
    main: MAIN,
    args: [
      programs.haproxy,
      programs.keepalived,
      address,
      String(port),
      configuration,
    ],
    timeout: TIMEOUT,
  });
  return printable({
    haproxy: versionIn(text("haproxy"), /version (\d+\.\d+\S*)/),
    keepalived: versionIn(text("keepalived"), /Keepalived v(\d+\.\d+\S*)/),
    bash: all("bash").length > 0,
    interfaces: interfacesOf(text("links"), text("addresses")),
    others: all("router-ids").flatMap(([path, lines]) =>
      routerIds(lines).map((id) => ({ path, id })),
    ),
    answer: answerOf(text("connected"), text("neighbour")),
  });
}

const versionIn = (said: string | undefined, version: RegExp) =>
  said === undefined ? undefined : (version.exec(said)?.[1] ?? "");

/** Each line: `2: eth0@if5: <UP> …`, `2: eth0    inet 10.0.0.11/24 …`. */
function interfacesOf(
  links: string | undefined,
  addresses: string | undefined,
): InterfaceFacts[] | undefined {
  if (links === undefined) return undefined;
  const found = new Map<string, string[]>();
  for (const line of links.split("\n")) {
    const name = /^\d+: ([^\s:@]+)/.exec(line)?.[1];
    if (name) found.set(name, []);
  }
  for (const line of (addresses ?? "").split("\n")) {
    const [, name, address] =
      /^\d+: (\S+)\s+inet6? ([0-9a-f.:]+)/.exec(line) ?? [];
    if (name) found.get(name)?.push(address);
  }
  return [...found].map(([name, its]) => ({ name, addresses: its }));
}

/** What stands behind a sign of a comment doesn't count. */
const routerIds = (lines = ""): number[] =>
  lines.split("\n").flatMap((line) => {
    const id = /^\s*virtual_router_id\s+(\d+)/.exec(line)?.[1];
    return id === undefined ? [] : [Number(id)];
  });

/** Who refuses a connection is there; who is only remembered may be gone. */
function answerOf(
  connected = "",
  neighbour = "",
): EndpointFacts["answer"] | undefined {
  const hardware = /lladdr (\S+)/.exec(neighbour)?.[1];
  const isThere =
    /^yes$/m.test(connected) ||
    /Connection refused/i.test(connected) ||
    /\bREACHABLE\b/.test(neighbour);
  return isThere ? { ...(hardware !== undefined && { hardware }) } : undefined;
}
