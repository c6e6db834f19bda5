import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { machine, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readBinaries } from "../../../lib/agent/hosts/binary-facts";
import type { BinaryRequest } from "../../../lib/request/request";
import { findings } from "../../../lib/agent/preflight/preflight";
import {
  binaryFindings,
  tellsVersion,
} from "../../../lib/agent/preflight/binaries";
import { candidate, CLUSTER, READY } from "./facts-of";
import { localHost } from "./local-host";

const BIN = "/opt/bin";
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

/** A program that prints a text. */
const printing = (text: string): string => `#!/bin/sh\necho "${text}"\n`;
const kubernetes = (version: string): string =>
  printing(`Kubernetes ${version}`);

async function problems(binaries: readonly BinaryRequest[]): Promise<string[]> {
  const facts = await readBinaries(host, binaries, [], tellsVersion, { root });
  return facts
    .flatMap((each) => binaryFindings(each, NEEDS))
    .map(({ problem, remedy }) => `${problem} ${remedy}`);
}

describe("checking binaries", () => {
  test("reports a missing program, and how to install it", async () => {
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

  test("reports a program that is not executable", async () => {
    const path = `${BIN}/kubectl`;
    write(at(path), "#!/bin/sh\n", 0o644);
    expect(await problems([{ path }])).toEqual([
      `${path} is not executable. Run: chmod 0755 ${path}`,
    ]);
  });

  test("reports a program for another machine", async () => {
    const foreign = readFileSync("/bin/sh");
    const other = machine() === "aarch64" ? 62 : 183;
    foreign.writeUInt16LE(other, 18);
    const path = `${BIN}/kubelet`;
    write(at(path), foreign);
    const [problem] = await problems([{ path }]);
    const builtFor = other === 62 ? "x86_64" : "aarch64";
    expect(problem).toContain(
      `${path} is a program for ${builtFor}, but the machine is ${machine()}.`,
    );
  });

  test("reports an archive instead of a program", async () => {
    const path = `${BIN}/etcd`;
    write(at(path), Buffer.from([0x1f, 0x8b, 8, 0]));
    expect((await problems([{ path }]))[0]).toContain("not the archive");
  });

  test("reports a program that prints no version", async () => {
    const path = `${BIN}/kubelet`;
    write(at(path), printing("hello"));
    expect((await problems([{ path }]))[0]).toContain(
      `--version prints no version, but "hello"`,
    );
  });

  test.each([
    ["kube-apiserver", "v1.34.9", "allows v1.35."],
    ["kube-apiserver", "v1.36.0", "allows v1.35."],
    ["kube-controller-manager", "v1.33.0", "allows v1.34 to v1.35."],
    ["kube-scheduler", "v1.36.0", "allows v1.34 to v1.35."],
    ["kubelet", "v1.31.9", "allows v1.32 to v1.35."],
    ["kube-proxy", "v1.36.0", "allows v1.32 to v1.35."],
  ])("refuses %s of %s: %s", async (name, version, allowed) => {
    const path = `${BIN}/${name}`;
    write(at(path), kubernetes(version));
    const [problem] = await problems([{ path }]);
    expect(problem).toContain(`has the version ${version}`);
    expect(problem).toContain(allowed);
  });

  test.each([
    ["kube-apiserver", "v1.35.9"],
    ["kube-scheduler", "v1.34.0"],
    ["kubelet", "v1.32.0-custom.1"],
  ])("accepts %s of %s", async (name, version) => {
    const path = `${BIN}/${name}`;
    write(at(path), kubernetes(version));
    expect(await problems([{ path }])).toEqual([]);
  });

  test("refuses an etcd before 3.5", async () => {
    const path = `${BIN}/etcd`;
    write(at(path), printing("etcd Version: 3.4.9"));
    expect((await problems([{ path }]))[0]).toContain(
      "is etcd 3.4.9, which is too old for current Kubernetes. Allowed is 3.5",
    );
  });
});

describe("a delivered program of another patch", () => {
  const found = (versionOutput: string, file?: string) =>
    binaryFindings(
      {
        path: `${BIN}/kube-apiserver`,
        ...(file !== undefined && { file }),
        executable: true,
        header: Buffer.from("#!/bin/sh\n"),
        versionOutput,
      },
      NEEDS,
    );

  test("is told, with its file on this machine and both versions", () => {
    const [{ severity, problem }] = found("Kubernetes v1.35.1", "/bin/k");
    expect(severity).toBe("warning");
    expect(problem).toContain("/bin/k has the version v1.35.1");
    expect(problem).toContain("v1.35.4");
  });

  test.each([
    ["of the same version", "Kubernetes v1.35.4", "/bin/k"],
    ["that is on the host already", "Kubernetes v1.35.1", undefined],
  ])("is not told if it is one %s", (_, said, file) =>
    expect(found(said, file)).toEqual([]),
  );
});

test("a delivered kubelet is checked instead of a packaged one", () => {
  const none = { unit: "not-found", enabled: false, active: false };
  const own = {
    path: `${BIN}/kubelet`,
    executable: true,
    header: Buffer.from("#!/bin/sh\n"),
    versionOutput: "Kubernetes v1.36.3",
  };
  const bare = candidate({ kubelet: none });
  expect(findings([bare], CLUSTER)).not.toEqual([]);
  expect(findings([{ ...bare, binaries: [own] }], CLUSTER)).toEqual([]);
});

test("a host that runs only etcd needs neither kubelet nor a container runtime", () => {
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
