import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { KubernetesVersion } from "../../../lib/catalog/versions";
import { goCommand } from "../binaries";
import { run } from "./shell";

/** A container image: programs, and the other files that they need. */
interface Image {
  readonly name: string;
  /** Files of this machine that are copied to `/usr/local/bin`. */
  readonly programs: readonly string[];
  readonly command?: string;
  /** Paths in the hosts' root file system that it also needs. */
  readonly files?: readonly string[];
}

/** A small server on port 8080 that answers with the name of its pod. */
export const ECHO_IMAGE = "registry.k8s.io/e2e/echo:1";

/** A pod network: the image of its daemon, which runs on each node. */
export const NETWORK_IMAGE = "registry.k8s.io/e2e/network:1";

export const pauseImage = ({ pauseImageTag }: KubernetesVersion): string =>
  `registry.k8s.io/pause:${pauseImageTag}`;

const PROGRAMS = join(__dirname, "programs");
export const PROGRAM_SOURCES = ["pause", "echo", "network"].map((name) =>
  join(PROGRAMS, `${name}.go`),
);

/** The images of a release, as `kubeadm config images list` names them, and those for tests. */
function imagesOf(
  version: KubernetesVersion,
  binary: (name: string) => string,
  rootfs: string,
  without?: "coredns",
): Image[] {
  const kubernetes = (name: string, files?: readonly string[]): Image => ({
    name: `registry.k8s.io/${name}:${version.text}`,
    programs: [binary(name)],
    files,
  });
  return [
    kubernetes("kube-apiserver"),
    kubernetes("kube-controller-manager"),
    kubernetes("kube-scheduler"),
    kubernetes("kube-proxy", iptablesOf(rootfs)),
    {
      name: `registry.k8s.io/etcd:${version.etcdImageTag}`,
      programs: ["etcd", "etcdctl", "etcdutl"].map(binary),
    },
    ...(without
      ? []
      : [
          {
            name: `registry.k8s.io/coredns/coredns:${version.coreDnsImageTag}`,
            programs: [binary("coredns")],
            command: "coredns",
          },
        ]),
    {
      name: pauseImage(version),
      programs: [binary("pause")],
      command: "pause",
    },
    { name: ECHO_IMAGE, programs: [binary("echo")], command: "echo" },
    {
      name: NETWORK_IMAGE,
      programs: [binary("network")],
      command: "network",
      files: ["usr/bin/ip", ...librariesOf(rootfs, "/usr/bin/ip")],
    },
  ];
}

/** Makes a tar file of each image in a folder, as `docker save` would. */
export function makeImages(
  version: KubernetesVersion,
  path: string,
  rootfs: string,
  directory: string,
  without?: "coredns",
): void {
  const workplace = `${directory}.work`;
  mkdirSync(directory);
  mkdirSync(workplace);
  const built = buildPrograms(workplace);
  const binary = (name: string): string => built[name] ?? programIn(path, name);
  for (const image of imagesOf(version, binary, rootfs, without))
    makeImage(image, rootfs, join(workplace, "layer"), directory);
  rmSync(workplace, { recursive: true });
}

/** The path of a built program. */
export function programIn(path: string, name: string): string {
  const files = path.split(":").map((folder) => join(folder, name));
  const file = files.find((one) => existsSync(one));
  if (!file) throw new Error(`${name} is not in ${path}`);
  return file;
}

function buildPrograms(directory: string): Record<string, string> {
  const go = goCommand();
  return Object.fromEntries(
    PROGRAM_SOURCES.map((source) => {
      const name = source.replace(/.*\/|\.go$/g, "");
      const path = join(directory, name);
      go(PROGRAMS, "build", "-ldflags", "-s -w", "-o", path, source);
      return [name, path];
    }),
  );
}

function makeImage(
  { name, programs, command, files = [] }: Image,
  rootfs: string,
  layer: string,
  directory: string,
): void {
  const bin = join(layer, "usr/local/bin");
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(layer, "tmp"));
  chmodSync(join(layer, "tmp"), 0o1777);
  for (const program of programs)
    copyFileSync(program, join(bin, program.replace(/.*\//, "")));
  if (files.length > 0) {
    // With tar inside the hosts' root, because its absolute links (/etc/alternatives) would lead elsewhere from here.
    const archive = "layer.tar";
    const create = ["tar", "--create", "--dereference", "--file", archive];
    run(["chroot", rootfs, ...create, ...files]);
    const made = join(rootfs, archive);
    run(["tar", "--extract", "--file", made, "--directory", layer]);
    rmSync(made);
  }
  const image = `${layer}.image`;
  mkdirSync(image);
  pack(layer, join(image, "layer.tar"));
  const digest = createHash("sha256")
    .update(readFileSync(join(image, "layer.tar")))
    .digest("hex");
  const config = {
    architecture: goCommand()(PROGRAMS, "env", "GOARCH"),
    os: "linux",
    config: {
      Env: ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      ...(command ? { Entrypoint: [`/usr/local/bin/${command}`] } : {}),
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
  };
  const manifest = [
    { Config: "config.json", RepoTags: [name], Layers: ["layer.tar"] },
  ];
  const write = (file: string, content: unknown): void =>
    writeFileSync(join(image, file), JSON.stringify(content));
  write("config.json", config);
  write("manifest.json", manifest);
  pack(image, join(directory, tarOf(name)));
  for (const folder of [layer, image]) rmSync(folder, { recursive: true });
}

/** The file name of an image's tar: `kube-apiserver.tar`. */
const tarOf = (name: string): string => `${name.replace(/.*\/|:.*/g, "")}.tar`;

/** Packs a folder without times and owners, so that the result is always the same. */
function pack(from: string, to: string): void {
  run([
    "tar",
    "--create",
    "--file",
    to,
    "--directory",
    from,

    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    ".",
  ]);
}

/** iptables, with which kube-proxy sets its rules, and the libraries that it loads, as paths below a root. */
function iptablesOf(rootfs: string): string[] {
  const programs = ["iptables", "ip6tables"].flatMap((name) =>
    ["", "-save", "-restore"].map((suffix) => `usr/sbin/${name}${suffix}`),
  );
  const extensions = run([
    "chroot",
    rootfs,
    "sh",
    "-c",
    "ls -d /usr/lib/*/xtables",
  ]);
  return [
    ...programs,
    ...librariesOf(rootfs, "/usr/sbin/iptables /usr/lib/*/xtables/*.so"),
    extensions.trim().slice("/".length),
  ];
}

/** The libraries that programs load, as paths below a root. */
function librariesOf(rootfs: string, programs: string): string[] {
  const list = `ldd ${programs} | grep -o '^[[:space:]].*/lib[^ ]*' | grep -o '/lib.*' | sort -u`;
  return run(["chroot", rootfs, "sh", "-c", list])
    .trim()
    .split("\n")
    .map((path) => path.slice("/".length));
}
