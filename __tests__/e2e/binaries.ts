import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  type KubernetesVersion,
  parseKubernetesVersion,
} from "../../lib/catalog/versions";

/** The programs of one Go module, which are built together. */
export interface Programs {
  /** The name of the folder in the cache. */
  readonly name: string;
  readonly version: string;
  /** The modules that the packages need, with their replacements. */
  readonly modules: (go: Go) => readonly Module[];
  /** The packages of the programs, by program name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The variables that the linker sets. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Module {
  readonly path: string;
  readonly version: string;
  /** The module that replaces it. Kubernetes' staging modules are replaced by themselves at another version. */
  readonly replacement?: string;
}

export type Say = (line: string) => void;
type Go = (directory: string, ...args: string[]) => string;

/** The release that the tests run, which the examples and pages name, too. */
export const KUBERNETES = parseKubernetesVersion("1.36.3") as KubernetesVersion;

/** The folder for files that take minutes to make. It is outside the checkout. */
export const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "cdktf-control-plane",
);

/** The programs of a Kubernetes release, and the etcd version in its manifests. */
function programsOf({
  text: version,
  etcdImageTag,
  coreDnsImageTag,
}: KubernetesVersion): Programs[] {
  const [, major, minor, patch] = /^v(\d+)\.(\d+)\.(.*)$/.exec(version)!;
  const etcd = `v${etcdImageTag.split("-")[0]}`;
  return [
    {
      name: "etcd",
      version: etcd,
      modules: () =>
        ["server/v3", "etcdctl/v3", "etcdutl/v3"].map((path) => ({
          path: `go.etcd.io/etcd/${path}`,
          version: etcd,
        })),
      packages: {
        etcd: "go.etcd.io/etcd/server/v3",
        etcdctl: "go.etcd.io/etcd/etcdctl/v3",
        etcdutl: "go.etcd.io/etcd/etcdutl/v3",
      },
      variables: {},
    },
    {
      name: "kubernetes",
      version,
      modules: (go) => [
        { path: "k8s.io/kubernetes", version },
        ...stagingModules(go, version).map((path) => ({
          path,
          version: `v0.${minor}.${patch}`,
          replacement: path,
        })),
      ],
      packages: Object.fromEntries(
        [
          "kube-apiserver",
          "kube-controller-manager",
          "kube-scheduler",
          "kubelet",
          "kube-proxy",
          "kubeadm",
          "kubectl",
        ].map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]),
      ),
      variables: Object.fromEntries(
        ["component-base/version", "client-go/pkg/version"].flatMap((path) => [
          [`k8s.io/${path}.gitVersion`, version],
          [`k8s.io/${path}.gitMajor`, major],
          [`k8s.io/${path}.gitMinor`, minor],
        ]),
      ),
    },
    {
      name: "coredns",
      version: coreDnsImageTag,
      modules: () => [
        { path: "github.com/coredns/coredns", version: coreDnsImageTag },
      ],
      packages: { coredns: "github.com/coredns/coredns" },
      variables: {},
    },
  ];
}

/**
 * The folders with the programs of a release, in the format of PATH. Each one is built at its first use.
 *
 * @param without parts of the release that are not needed
 */
export function binariesOf(
  version: KubernetesVersion,
  say: Say,
  ...without: readonly (string | undefined)[]
): string {
  return programsOf(version)
    .filter(({ name }) => !without.includes(name))
    .map((programs) => cached(programs, say))
    .join(":");
}

const OPENTOFU = "v1.10.10";

/** The folder with OpenTofu, which is built at its first use. */
export function openTofu(say: Say): string {
  const path = "github.com/opentofu/opentofu";
  return cached(
    {
      name: "opentofu",
      version: OPENTOFU,
      modules: (go) => [
        { path, version: OPENTOFU },
        ...linesOfGoMod(
          go,
          `${path}@${OPENTOFU}`,
          /^replace (\S+) \S+ => (\S+) (\S+)$/gm,
        ).map(([replaced, replacement, version]) => ({
          path: replaced,
          version,
          replacement,
        })),
      ],
      packages: { tofu: `${path}/cmd/tofu` },
      // Otherwise the version is "1.10.10-dev", which is older than 1.10.10.
      variables: { [`${path}/version.dev`]: "no" },
    },
    say,
  );
}

/** The folder with these programs, which are built at their first use. */
export function cached(programs: Programs, say: Say): string {
  const { name, version } = programs;
  const directory = join(CACHE, "bin", `${name}-${version}`);
  const missing = Object.keys(programs.packages).filter(
    (program) => !existsSync(join(directory, program)),
  );
  if (missing.length === 0) {
    say(`${name} ${version}: in ${directory}`);
    return directory;
  }
  say(
    `${name} ${version}: building ${missing.join(", ")} (once, for minutes; kept in ${directory})`,
  );
  build(programs, missing, directory, say);
  return directory;
}

/** Builds each program under another name and renames it, so that an interrupted build leaves no incomplete program. */
function build(
  { modules, packages, variables, version }: Programs,
  missing: readonly string[],
  directory: string,
  say: Say,
): void {
  const go = goCommand();
  mkdirSync(directory, { recursive: true });
  forgetInterrupted(directory);
  const workplace = join(directory, `.building-${process.pid}`);
  mkdirSync(workplace);
  try {
    say(`  fetching the modules of ${version}`);
    writeFileSync(
      join(workplace, "go.mod"),
      goModule(
        go(workplace, "env", "GOVERSION").slice("go".length),
        modules(go),
      ),
    );
    const flags = Object.entries(variables).map(([k, v]) => `-X ${k}=${v}`);
    for (const program of missing) {
      const start = Date.now();
      say(`  building ${program}`);
      const path = join(workplace, program);
      go(
        workplace,
        "build",
        "-p",
        "2",
        "-mod=mod",
        "-ldflags",
        ["-s", "-w", ...flags].join(" "),
        "-o",
        path,
        packages[program],
      );
      renameSync(path, join(directory, program));
      say(`  built ${program} in ${Math.round((Date.now() - start) / 1000)} s`);
    }
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
}

/** Removes the build folders of processes that were killed. */
export function forgetInterrupted(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = /^\.building-(\d+)$/.exec(name)?.[1];
    if (pid && !runs(pid))
      rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/** Whether a process runs. A zombie has an empty command line. */
function runs(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

function goModule(goVersion: string, modules: readonly Module[]): string {
  const lines = modules.map(({ path, version, replacement }) =>
    replacement
      ? `replace ${path} => ${replacement} ${version}`
      : `require ${path} ${version}`,
  );
  return ["module binaries", `go ${goVersion}`, ...lines, ""].join("\n");
}

/** The staging modules in Kubernetes' repository. Its go.mod refers to them by folder, not by version. */
const stagingModules = (go: Go, version: string): string[] =>
  linesOfGoMod(
    go,
    `k8s.io/kubernetes@${version}`,
    /^\s*(\S+) => \.\/staging\//gm,
  ).map(([path]) => path);

/** The matches of a pattern in the go.mod of a module. */
function linesOfGoMod(go: Go, module: string, pattern: RegExp): string[][] {
  const download = go(CACHE, "mod", "download", "-json", module);
  const { GoMod } = JSON.parse(download) as { GoMod: string };
  return [...readFileSync(GoMod, "utf8").matchAll(pattern)].map(
    ([, ...captured]) => captured,
  );
}

/** A function that runs Go with low priority, so that other work on the machine is not slowed down. */
export function goCommand(variables: NodeJS.ProcessEnv = {}): Go {
  const run: Go = (directory, ...args) =>
    execFileSync("nice", ["go", ...args], {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 26,
      env: {
        ...process.env,
        CGO_ENABLED: "0",
        GOWORK: "off",
        GOFLAGS: "-buildvcs=false",
        ...variables,
      },
    }).trim();
  try {
    execFileSync("go", ["version"], { stdio: "ignore" });
  } catch {
    throw new Error(
      "go is not on the PATH. Kubernetes and etcd are built from their Go modules: install the Go version that Kubernetes requires.",
    );
  }
  return run;
}
