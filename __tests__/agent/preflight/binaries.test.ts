import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { machine, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sha256 } from "../../../lib/base/files";
import {
  type BroughtBinary,
  placeBinaries,
  stageBinaries,
} from "../../../lib/agent/hosts/binaries";
import {
  readBinaries,
  readSource,
} from "../../../lib/agent/hosts/binary-facts";
import type { BinaryRequest } from "../../../lib/request/request";
import { findings } from "../../../lib/agent/preflight/preflight";
import {
  binaryFindings,
  tellsVersion,
} from "../../../lib/agent/preflight/binaries";
import { candidate, CLUSTER, READY } from "./facts-of";
import { localHost } from "./local-host";

const BIN = "/opt/bin";
const STATE = "/var/lib/cdktf-control-plane";
const host = localHost();
const NEEDS = { kubernetesVersion: "v1.35.4", architecture: machine() };

let folder: string;
let root: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "binaries-"));
  root = join(folder, "root");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (path: string): string => join(root, path);

function write(path: string, content: Buffer | string, mode = 0o755): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** What says a version as those of Kubernetes do. */
const saying = (version: string): string => `#!/bin/sh\necho "${version}"\n`;
const kubernetes = (version: string): string => saying(`Kubernetes ${version}`);

/** Of this machine, to be brought to the host. */
function brought(name: string, content: Buffer | string): BroughtBinary {
  const file = write(join(folder, "source", name), content);
  return { path: `${BIN}/${name}`, source: { file, sha256: sha256(content) } };
}

async function problems(
  binaries: readonly BinaryRequest[],
  waiting: readonly BinaryRequest[] = [],
): Promise<string[]> {
  const facts = await readBinaries(host, binaries, waiting, tellsVersion, {
    root,
  });
  return facts
    .flatMap((each) => binaryFindings(each, NEEDS))
    .map(({ problem, remedy }) => `${problem} ${remedy}`);
}

describe("bringing", () => {
  test("sends what is not there, once, and puts it into its place in one go", async () => {
    const etcd = brought("etcd", saying("etcd Version: 3.6.6"));
    write(at(etcd.path), "an old one");
    expect(await stageBinaries(host, [etcd], { root })).toEqual([etcd]);
    expect(readFileSync(at(etcd.path), "utf8")).toBe("an old one");
    expect(await stageBinaries(host, [etcd], { root })).toEqual([]);

    await placeBinaries(host, [etcd], { root });
    expect(readFileSync(at(etcd.path), "utf8")).toContain("3.6.6");
    expect(statSync(at(etcd.path)).mode & 0o777).toBe(0o755);
    expect(readdirSync(at(BIN))).toEqual(["etcd"]);
    expect(existsSync(at(`${STATE}/binaries`))).toBe(false);
  });

  test("takes nothing that is not what the plan said", async () => {
    const etcd = brought("etcd", "one");
    write(etcd.source.file, "two");
    await expect(readSource(etcd, "cp-1")).rejects.toThrow("etcd");
    await expect(stageBinaries(host, [etcd], { root })).rejects.toThrow(
      "what arrived is not what was sent",
    );
    expect(readdirSync(at(`${STATE}/binaries`))).toEqual([]);
  });

  test("forgets what waits for nobody any more, and what was damaged", async () => {
    const etcd = brought("etcd", "one");
    const old = write(at(`${STATE}/binaries/${sha256("old")}`), "old");
    await stageBinaries(host, [etcd], { root });
    const waiting = at(`${STATE}/binaries/${etcd.source.sha256}`);
    expect(existsSync(old)).toBe(false);
    write(waiting, "damaged");
    expect(await stageBinaries(host, [etcd], { root })).toEqual([etcd]);
    expect(readFileSync(waiting, "utf8")).toBe("one");
  });

  test("repairs mode and owner of what is right but for that", async () => {
    const etcd = brought("etcd", "one");
    write(at(etcd.path), "one", 0o600);
    await placeBinaries(host, [etcd], { root });
    expect(statSync(at(etcd.path)).mode & 0o777).toBe(0o755);
  });
});

describe("judging", () => {
  test("finds nothing where all are as they are to be, waiting or in their places", async () => {
    const etcd = brought("etcd", saying("etcd Version: 3.6.6"));
    await stageBinaries(host, [etcd], { root });
    const others = ["kube-apiserver", "kubelet", "haproxy"].map((name) => {
      const path = `${BIN}/${name}`;
      write(at(path), kubernetes("v1.35.0"));
      return { path };
    });
    expect(await problems([etcd, ...others], [etcd])).toEqual([]);
  });

  test("names what is missing, and how people get it", async () => {
    const [kube, etcd, haproxy] = await problems(
      ["kube-proxy", "etcd", "haproxy"].map((name) => ({
        path: `${BIN}/${name}`,
      })),
    );
    expect(kube).toContain(`There is no ${BIN}/kube-proxy.`);
    expect(kube).toContain("https://dl.k8s.io/v1.35.4/bin/linux/");
    expect(etcd).toContain("etcd-io/etcd/releases");
    expect(haproxy).toContain("Install the package haproxy");
  });

  test("names what is not executable", async () => {
    const path = `${BIN}/kubectl`;
    write(at(path), "#!/bin/sh\n", 0o644);
    expect(await problems([{ path }])).toEqual([
      `${path} is not executable. Run: chmod 0755 ${path}`,
    ]);
  });

  test("names a program for another machine, with both", async () => {
    const foreign = readFileSync("/bin/sh");
    const other = machine() === "aarch64" ? 62 : 183;
    foreign.writeUInt16LE(other, 18);
    const path = `${BIN}/kubelet`;
    write(at(path), foreign);
    const [problem] = await problems([{ path }]);
    const its = other === 62 ? "x86_64" : "aarch64";
    expect(problem).toContain(
      `${path} is a program for ${its}, and the machine is ${machine()}.`,
    );
  });

  test("names an archive in the place of a program", async () => {
    const path = `${BIN}/etcd`;
    write(at(path), Buffer.from([0x1f, 0x8b, 8, 0]));
    expect((await problems([{ path }]))[0]).toContain("not the archive");
  });

  test("names what does not say its version", async () => {
    const path = `${BIN}/kubelet`;
    write(at(path), saying("hello"));
    expect((await problems([{ path }]))[0]).toContain(
      `--version says no version: "hello"`,
    );
  });

  test.each([
    ["kube-apiserver", "v1.34.9", "allowed is v1.35."],
    ["kube-apiserver", "v1.36.0", "allowed is v1.35."],
    ["kube-controller-manager", "v1.33.0", "allowed is v1.34 to v1.35."],
    ["kube-scheduler", "v1.36.0", "allowed is v1.34 to v1.35."],
    ["kubelet", "v1.31.9", "allowed is v1.32 to v1.35."],
    ["kube-proxy", "v1.36.0", "allowed is v1.32 to v1.35."],
  ])("refuses %s of %s: %s", async (name, version, allowed) => {
    const path = `${BIN}/${name}`;
    write(at(path), kubernetes(version));
    const [problem] = await problems([{ path }]);
    expect(problem).toContain(`is of ${version}`);
    expect(problem).toContain(allowed);
  });

  test.each([
    ["kube-apiserver", "v1.35.9"],
    ["kube-scheduler", "v1.34.0"],
    ["kubelet", "v1.32.0-custom.1"],
  ])("takes %s of %s", async (name, version) => {
    const path = `${BIN}/${name}`;
    write(at(path), kubernetes(version));
    expect(await problems([{ path }])).toEqual([]);
  });

  test("refuses an etcd before 3.5", async () => {
    const path = `${BIN}/etcd`;
    write(at(path), saying("etcd Version: 3.4.9"));
    expect((await problems([{ path }]))[0]).toContain(
      "is etcd 3.4.9, which is too old for Kubernetes of today. Allowed is 3.5",
    );
  });
});

test("a kubelet of ours is judged in place of a package's", () => {
  const none = { unit: "not-found", enabled: false, active: false };
  const own = {
    path: `${BIN}/kubelet`,
    executable: true,
    header: Buffer.from("#!/bin/sh\n"),
    said: "Kubernetes v1.36.3",
  };
  const bare = candidate({ kubelet: none });
  expect(findings([bare], CLUSTER)).not.toEqual([]);
  expect(findings([{ ...bare, binaries: [own] }], CLUSTER)).toEqual([]);
});

test("a host that runs nothing but etcd needs neither kubelet nor runtime", () => {
  const { components } = candidate().request;
  const bare = candidate(
    {
      kubelet: { enabled: false, active: false },
      swap: ["/swapfile"],
      runtime: { ...READY.runtime, socket: false, containerdInstalled: false },
    },
    { node: { components: components.slice(0, 1), criSocket: "" } },
  );
  expect(findings([bare], CLUSTER)).toEqual([]);
});
