import type { Setting } from "./unit";

/** Ports below are the privileged ones. */
const UNPRIVILEGED_PORTS = 1024;

/**
 * What a program cannot do that needs nothing but the network, its files and directories of its own. Not restricted
 * further: Netlink, by which Go finds the machine's addresses; `chown`, by which audit logs are rotated; the rest of
 * `/proc`, where Go reads how many connections may wait.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Sandboxing
 */
export function confinement(
  directories: readonly string[],
  ports: readonly number[],
): Setting[] {
  const capability = ports.some((port) => port < UNPRIVILEGED_PORTS)
    ? "CAP_NET_BIND_SERVICE"
    : "";
  return [
    ["UMask", "0077"],
    ["NoNewPrivileges", "true"],
    ["CapabilityBoundingSet", capability],
    ...(capability ? ([["AmbientCapabilities", capability]] as const) : []),
    ["ProtectSystem", "strict"],
    // It is checked for the command as well that makes it: one that is missing yet is no failure.
    ...directories.map((path): Setting => ["ReadWritePaths", `-${path}`]),
    ...[
      "ProtectHome",
      "PrivateTmp",
      "PrivateDevices",
      "ProtectHostname",
      "ProtectClock",
      "ProtectKernelTunables",
      "ProtectKernelModules",
      "ProtectKernelLogs",
      "ProtectControlGroups",
      "RestrictNamespaces",
      "RestrictSUIDSGID",
      "RestrictRealtime",
      "LockPersonality",
      "MemoryDenyWriteExecute",
      "RemoveIPC",
    ].map((name): Setting => [name, "true"]),
    ["ProtectProc", "invisible"],
    ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"],
    ["SystemCallArchitectures", "native"],
    ["SystemCallFilter", "@system-service"],
    ["SystemCallErrorNumber", "EPERM"],
  ];
}
