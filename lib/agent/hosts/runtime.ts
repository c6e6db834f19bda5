/** What makes containers on a host. */
export interface RuntimeFacts {
  /** Whether there is one where the node's kubelet is to find it. */
  readonly socket: boolean;
  /** Where others are. */
  readonly otherSockets: readonly string[];
  /** Whether it answers at its socket; absent: there is no program to ask with. */
  readonly answers?: boolean;
  /** Whether containerd is installed, whichever runtime the node is to use. */
  readonly containerdInstalled: boolean;
  /** Only where containerd is the node's runtime. */
  readonly containerd?: ContainerdFacts;
}

export interface ContainerdFacts {
  /** `1.7.24` */
  readonly version?: string;
  /** Whether it speaks kubelet's protocol; absent: unknown. */
  readonly cri?: boolean;
  readonly cgroupDriver?: "systemd" | "cgroupfs";
}

/** What is a socket's path in `unix:///run/containerd/containerd.sock`. */
export const socketPath = (criSocket: string): string =>
  criSocket.replace(/^unix:\/\//, "");

/** `text` gives the values that the script printed under a name. */
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

/** Docker's package disables the plugin in the configuration that comes with it. */
function hasCri(plugins = ""): boolean | undefined {
  if (plugins === "") return undefined;
  return /^io\.containerd\.grpc\.v1[ \t]+cri[ \t].*[ \t]ok[ \t\r]*$/m.test(
    plugins,
  );
}

/** Of containerd's default OCI runtime, from its whole configuration. */
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
