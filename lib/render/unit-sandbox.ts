import type { Setting } from "./unit";

/** Ports below this one are privileged. */
const FIRST_UNPRIVILEGED_PORT = 1024;

/**
 * The sandbox of a program that needs only the network, its own files and its own directories. Three things stay
 * allowed: Netlink, because Go uses it to find the host's addresses; `chown`, because the rotation of audit logs needs
 * it; and the rest of `/proc`, because Go reads the limit of waiting connections there.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Sandboxing
 */
export function sandbox(
  directories: readonly string[],
  ports: readonly number[],
): Setting[] {
  const capability = ports.some((port) => port < FIRST_UNPRIVILEGED_PORT)
    ? "CAP_NET_BIND_SERVICE"
    : "";
  return [
    ["UMask", "0077"],
    ["NoNewPrivileges", "true"],
    ["CapabilityBoundingSet", capability],
    ...(capability ? ([["AmbientCapabilities", capability]] as const) : []),
    ["ProtectSystem", "strict"],
    // The `-` accepts a missing directory: this setting also applies to the command that creates it.
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
