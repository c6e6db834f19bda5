/** The container runtime of a host. */
export interface RuntimeFacts {
  /** Whether the socket that the node's kubelet will use exists. */
  readonly socket: boolean;
  /** The sockets of other container runtimes. */
  readonly otherSockets: readonly string[];
  /** Whether the runtime answers at its socket; absent if there is no client program on the host. */
  readonly answers?: boolean;
  /** Whether containerd is installed, even if the node uses another runtime. */
  readonly containerdInstalled: boolean;
  /** Present only if containerd is the node's runtime. */
  readonly containerd?: ContainerdFacts;
}

export interface ContainerdFacts {
  /** `1.7.24` */
  readonly version?: string;
  /** Whether its CRI plugin, which kubelet needs, is enabled; absent if unknown. */
  readonly cri?: boolean;
  readonly cgroupDriver?: "systemd" | "cgroupfs";
}

/** The path in a URL of a socket: `/run/containerd/containerd.sock` in `unix:///run/containerd/containerd.sock`. */
export const socketPath = (criSocket: string): string =>
  criSocket.replace(/^unix:\/\//, "");

/** @param text returns the values that facts.sh printed under a name */
export function readRuntime(
  socket: string,
  text: (name: string, index?: number) => string | undefined,
): RuntimeFacts {
  const sockets = (text("sockets") ?? "").split("\n").filter(Boolean);
  const server = /Server:\s+Version:\s*(\S+)/.exec(text("ctr") ?? "")?.[1];
  const isContainerd = server !== undefined || /containerd/.test(socket);
  const answered =
    server !== undefined ||
    (text("crictl-images") ?? text("ctr-images") ?? "") !== "";
  const asked =
    text("crictl-images") !== undefined ||
    (isContainerd && text("ctr") !== undefined);
  const installed = text("containerd");
  return {
    socket: sockets.includes(socket),
    otherSockets: [...new Set(sockets)].filter((path) => path !== socket),
    answers: answered || (asked ? false : undefined),
    containerdInstalled: installed !== undefined,
    containerd:
      isContainerd && (installed ?? server) !== undefined
        ? {
            version: versionIn(server ?? installed),
            cri: hasCri(server && text("ctr", 1)),
            cgroupDriver: cgroupDriver(text("containerd", 1)),
          }
        : undefined,
  };
}

const versionIn = (text = ""): string | undefined =>
  /(?:^|[\sv])(\d+\.\d+\.\d+)/.exec(text)?.[1];

/** Whether the CRI plugin is in the list of plugins. Docker's package of containerd disables it by default. */
function hasCri(plugins = ""): boolean | undefined {
  if (plugins === "") return undefined;
  return /^io\.containerd\.grpc\.v1[ \t]+cri[ \t].*[ \t]ok[ \t\r]*$/m.test(
    plugins,
  );
}

/** The cgroup driver of containerd's default OCI runtime, from the dump of its configuration. */
function cgroupDriver(dump = ""): ContainerdFacts["cgroupDriver"] {
  const runtime =
    /^[ \t]*default_runtime_name = ["'](.*)["'][ \t\r]*$/m.exec(dump)?.[1] ??
    "runc";
  let section = "";
  for (const line of dump.split("\n")) {
    section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1] ?? section;
    const value = /^\s*SystemdCgroup = (true|false)\s*$/.exec(line)?.[1];
    const plain = section.replace(/["']/g, "");
    if (value && plain.endsWith(`.runtimes.${runtime}.options`))
      return value === "true" ? "systemd" : "cgroupfs";
  }
  return undefined;
}
