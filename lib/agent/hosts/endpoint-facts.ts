import type { VirtualIpRequest } from "../../request/request";
import { printable } from "../../base/visible";
import type { Host } from "./host";
import { inquire } from "./inquiry";
import ENDPOINT_FACTS from "./scripts/endpoint-facts.sh";

/** What a host has for an endpoint. A value is absent if it is unknown or does not exist. */
export interface EndpointFacts {
  /** The version, `2.6.12`; empty if the program does not print one. */
  readonly haproxy?: string;
  /** As for haproxy. */
  readonly keepalived?: string;
  readonly bash: boolean;
  /** The network interfaces with their addresses; absent without iproute2. */
  readonly interfaces?: readonly InterfaceFacts[];
  /** Other keepalived configurations, with their virtual router ids. */
  readonly others: readonly { readonly path: string; readonly id: number }[];
  /** Present if some machine has the virtual IP. Its hardware address is known if it is on the same link. */
  readonly answer?: { readonly hardware?: string };
}

export interface InterfaceFacts {
  readonly name: string;
  readonly addresses: readonly string[];
}

const TIMEOUT = 60_000;

/** Examines a host in one round trip. */
export async function readEndpointFacts(
  host: Host,
  programs: { readonly haproxy: string; readonly keepalived: string },
  virtualIp?: VirtualIpRequest,
): Promise<EndpointFacts> {
  const { address = "", port = "", configuration = "" } = virtualIp ?? {};
  const { text, all } = await inquire(host, {
    script: ENDPOINT_FACTS,
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

/** Reads lines such as `2: eth0@if5: <UP> …` and `2: eth0    inet 10.0.0.11/24 …`. */
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
  return [...found].map(([name, list]) => ({ name, addresses: list }));
}

/** Ignores commented lines. */
const routerIds = (lines = ""): number[] =>
  lines.split("\n").flatMap((line) => {
    const id = /^\s*virtual_router_id\s+(\d+)/.exec(line)?.[1];
    return id === undefined ? [] : [Number(id)];
  });

/** A machine that refuses a connection exists; one that is only in the neighbour cache may be gone. */
function answerOf(
  connected = "",
  neighbour = "",
): EndpointFacts["answer"] | undefined {
  const hardware = /lladdr (\S+)/.exec(neighbour)?.[1];
  const exists =
    /^yes$/m.test(connected) ||
    /Connection refused/i.test(connected) ||
    /\bREACHABLE\b/.test(neighbour);
  return exists ? { ...(hardware !== undefined && { hardware }) } : undefined;
}
