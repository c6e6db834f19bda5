import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A containerd with folders of its own, for one test file. */
export interface Containerd {
  readonly folder: string;
  readonly socket: string;
  readonly criSocket: string;
  /** The environment in which the command `containerd` uses this configuration, as if it were the host's only one. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether the CRI plugin started; it fails if the kernel has no inotify instance left. */
  readonly hasCri: boolean;
  /** The names of its images. */
  images(): string[];
  ctr(...args: readonly string[]): string;
  end(): Promise<void>;
}

export async function startContainerd({
  disabledPlugins = [],
  env = {},
}: {
  disabledPlugins?: readonly string[];
  env?: NodeJS.ProcessEnv;
} = {}): Promise<Containerd> {
  const folder = mkdtempSync(join(tmpdir(), "containerd-"));
  const at = (path: string) => join(folder, path);
  const socket = at("containerd.sock");
  writeFileSync(
    at("config.toml"),
    `version = 2
root = ${JSON.stringify(at("root"))}
state = ${JSON.stringify(at("state"))}
disabled_plugins = ${JSON.stringify(disabledPlugins)}
[grpc]
address = ${JSON.stringify(socket)}
[plugins."io.containerd.internal.v1.opt"]
path = ${JSON.stringify(at("opt"))}
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = true
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = ${JSON.stringify(at("registries"))}
`,
  );
  mkdirSync(at("registries"));
  mkdirSync(at("bin"));
  const program = spawnSync("sh", ["-c", "command -v containerd"])
    .stdout.toString()
    .trim();
  writeFileSync(
    at("bin/containerd"),
    `#!/bin/sh\nexec ${program} --config ${at("config.toml")} "$@"\n`,
  );
  chmodSync(at("bin/containerd"), 0o755);

  const child = spawn(at("bin/containerd"), [], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines = await booted(child.stderr);
  // The agent asks systemctl for the process of containerd's service.
  writeFileSync(at("bin/systemctl"), `#!/bin/sh\necho MainPID=${child.pid}\n`);
  chmodSync(at("bin/systemctl"), 0o755);
  const ctr = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync("ctr", [
      "--address",
      socket,
      "--namespace",
      "k8s.io",
      ...args,
    ]);
    if (status !== 0) throw new Error(stderr.toString());
    return stdout.toString();
  };
  return {
    folder,
    socket,
    criSocket: `unix://${socket}`,
    env: { PATH: `${at("bin")}:${process.env.PATH}` },
    hasCri: !lines.some((line) =>
      line.includes("failed to load plugin io.containerd.grpc.v1.cri"),
    ),
    images: () =>
      ctr("images", "ls", "-q")
        .split("\n")
        .filter((name) => name !== "" && !name.startsWith("sha256:")),
    ctr,
    end: async () => {
      child.kill();
      await once(child, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}

/** Waits until containerd reports that it has booted. Returns the lines that it has printed until then. */
async function booted(stderr: NodeJS.ReadableStream): Promise<string[]> {
  const said: string[] = [];
  const lines = createInterface({ input: stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      said.push(line);
      if (line.includes("containerd successfully booted")) resolve();
    });
    lines.on("close", () => reject(new Error(said.slice(-3).join("\n"))));
  });
  return said;
}
