import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../lib/base/files";
import type { HostState } from "../../../lib/agent/hosts/delivery";
import type { HostFile } from "../../../lib/agent/hosts/host";
import type {
  BinaryRequest,
  ComponentRequest,
} from "../../../lib/request/request";
import { Comparison } from "../../../lib/agent/rollout/comparison";
import { startsOf } from "../../../lib/agent/rollout/starts";
import {
  logFileOf,
  programOf,
  unitsOf,
} from "../../../lib/agent/rollout/units";
import { unitOfFile } from "../../../lib/catalog/units";
import { usedPathsOf } from "../../../lib/agent/rollout/host-state";

const UNIT = "/etc/systemd/system/kube-proxy.service";
const CONFIG = "/var/lib/kube-proxy/config.conf";
const KUBECONFIG = "/etc/kubernetes/kube-proxy.conf";
const OTHER = "/etc/kubernetes/kube-proxy.conf.old";
const PROGRAM = "/usr/local/bin/kube-proxy";

const tree = [
  file(UNIT, `[Service]\nExecStart=${PROGRAM} \\\n  --config=${CONFIG}\n`),
  file(CONFIG, `clientConnection: { kubeconfig: ${KUBECONFIG} }\n`),
  file(KUBECONFIG, "users: []\n"),
  file(OTHER, "users: []\n"),
];
const component: ComponentRequest = {
  name: "kube-proxy",
  unit: "kube-proxy.service",
  ports: [],
  timeout: 60,
};
const binaries: BinaryRequest[] = [
  { path: PROGRAM, source: { file: "kube-proxy", sha256: sha256("one") } },
  { path: `${PROGRAM}-other`, source: { file: "x", sha256: sha256("x") } },
  { path: "/usr/bin/env" },
];

describe("a unit", () => {
  test("reads the files that its command names, and the files that those name", () => {
    const [unit] = unitsOf([component], tree);
    expect(unit.own.map(({ path }) => path)).toEqual([UNIT]);
    expect(unit.read.map(({ path }) => path)).toEqual([CONFIG, KUBECONFIG]);
  });

  test("includes its drop-ins", () => {
    const dropIn = file(`${UNIT}.d/10.conf`, "[Service]\n");
    const [unit] = unitsOf([component], [...tree, dropIn]);
    expect(unit.own).toContain(dropIn);
  });

  test("runs the binary that it names, and none whose path only begins with that name", () => {
    const [unit] = unitsOf([component], tree, binaries);
    expect(unit.binaries).toEqual([binaries[0]]);
  });

  test("needs safe paths to its program, its log, and the folders that root makes for its user", () => {
    const name = "etcd.service";
    const golden = join(__dirname, "../../constructs/systemd", name);
    const text = readFileSync(golden, "utf8");
    const node = {
      request: { components: [{ ...component, unit: name }] },
      tree: [
        file(
          `/etc/systemd/system/${name}`,
          `${text}ExecStartPre=+/usr/bin/install -d -m 0700 -o etcd -g etcd /srv/100%% wal\nStandardOutput=append:/var/log/kube/etcd.log\n`,
        ),
      ],
      etcdFolder: "/srv/etcd",
    };
    expect(usedPathsOf(node)).toEqual({
      folders: [
        "/srv/etcd",
        "/var/lib/etcd",
        "/srv/100% wal",
        "/var/log/kube/etcd.log",
      ],
      programs: ["/usr/local/k8s/bin/etcd"],
    });
  });

  test("reads a file whose name contains escaped systemd specifiers", () => {
    const odd = file("/etc/100% $HOME.conf", "x");
    const text = `ExecStart=/bin/x "--config=/etc/100%% $$HOME.conf"\n`;
    const [unit] = unitsOf([component], [file(UNIT, text), odd]);
    expect(unit.read).toEqual([odd]);
  });

  test("starts the program in its file, whatever prefix it has", () => {
    expect(programOf(unitsOf([component], tree)[0])).toBe(PROGRAM);
    const prefixed = [file(UNIT, "ExecStart=-+/usr/sbin/haproxy -Ws\n")];
    const [unit] = unitsOf([component], prefixed);
    expect(programOf(unit)).toBe("/usr/sbin/haproxy");
  });

  test("names its log file", () => {
    const text = "StandardError=append:/opt/logs/kube-proxy.log\n";
    const [unit] = unitsOf([component], [file(UNIT, text)]);
    expect(logFileOf(unit)).toBe("/opt/logs/kube-proxy.log");
    expect(logFileOf(unitsOf([component], tree)[0])).toBeUndefined();
  });

  test("is recognized by its file, not by a drop-in", () => {
    expect(unitOfFile(UNIT)).toBe("kube-proxy.service");
    expect(unitOfFile(`${UNIT}.d/10.service`)).toBeUndefined();
    expect(unitOfFile("/etc/systemd/network/x.service")).toBeUndefined();
  });
});

describe("kubelet with a packaged unit", () => {
  const kubelet = { ...component, name: "kubelet", unit: "kubelet.service" };
  const files = [
    file("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", CONFIG),
    file("/var/lib/kubelet/config.yaml", "clientCAFile: /etc/ca.crt\n"),
    file("/etc/kubernetes/kubelet.conf", "users: [a]\n"),
    file("/etc/ca.crt", "ca"),
    ...tree,
  ];

  test("reads the files in its folder and its kubeconfig, even if no file names them", () => {
    const [unit] = unitsOf([kubelet], files);
    expect(unit.isOurs).toBe(false);
    expect(unit.read.map(({ path }) => path)).toEqual([
      "/var/lib/kubelet/config.yaml",
      "/etc/kubernetes/kubelet.conf",
    ]);
  });
});

describe("a delivered unit", () => {
  test("is started on an empty host", () => {
    expect(verbs(comparison([]))).toEqual(["restart"]);
  });

  test("is left alone if nothing differs", () => {
    expect(verbs(brought())).toEqual([]);
  });

  test("is restarted if its unit file changes", () => {
    const changed = having(UNIT, `${tree[0].content}# more\n`);
    expect(verbs(brought(changed))).toEqual(["restart"]);
  });

  test("is restarted if a file changes that one of its files names", () => {
    expect(verbs(brought(having(KUBECONFIG, "users: [me]\n")))).toEqual([
      "restart",
    ]);
  });

  test("is left alone if a file changes that it does not read", () => {
    expect(verbs(brought(having(OTHER, "users: [me]\n")))).toEqual([]);
  });

  test("reloads a changed configuration if it can", () => {
    const reloads = { ...component, reloads: true };
    const changed = brought(having(CONFIG, KUBECONFIG), reloads);
    expect(verbs(changed, reloads)).toEqual(["reload-or-restart"]);
    const other = brought(having(UNIT, `${tree[0].content}# more\n`), reloads);
    expect(verbs(other, reloads)).toEqual(["restart"]);
  });

  test("is started by the next run if one was killed before starting it", () => {
    const { state } = stateOf(tree);
    const killed = new Map(state.contents);
    killed.delete("/var/lib/cdktf-control-plane/kube-proxy");
    const found = comparison(tree).with({
      state: { ...state, contents: killed },
    });
    expect(found.differences.changed).toEqual([]);
    expect(verbs(found)).toEqual(["restart"]);
  });

  test("is restarted if its file was edited or if it is down", () => {
    const { state } = stateOf(tree);
    const files = new Map(state.files);
    files.set(CONFIG, { ...found("mine"), mode: 0o600 });
    const edited = comparison(tree).with({ state: { ...state, files } });
    expect(edited.edits.map(({ path }) => path)).toEqual([CONFIG]);
    expect(verbs(edited)).toEqual(["restart"]);
    expect(verbs(brought(), component, [component])).toEqual(["restart"]);
  });

  test("is restarted if its binary changes, and the binary stays if it is no longer delivered", () => {
    const { state } = stateOf(tree, binaries);
    const [first] = binaries;
    const source = { file: "kube-proxy", sha256: sha256("two") };
    const next = comparison(tree, component, [{ ...first, source }]).with({
      state,
    });
    expect(next.binaries.map(({ path }) => path)).toEqual([PROGRAM]);
    expect(verbs(next)).toEqual(["restart"]);
    const bare = comparison(tree, component, [{ path: PROGRAM }]).with({
      state,
    });
    expect(bare.differences.removed).toEqual([`${PROGRAM}-other`]);
  });
});

describe("a foreign file at the path of a unit or a program", () => {
  const on = (state: Partial<HostState>): readonly string[] => {
    const contents = new Map<string, Buffer>();
    const paths = [UNIT, PROGRAM, CONFIG];
    const files = new Map(paths.map((path) => [path, found("theirs")]));
    return comparison(tree, component, binaries).with({
      state: { files, contents, delivered: [], ...state },
    }).foreign;
  };

  test("is recognized by its content", () => {
    expect(on({})).toEqual([UNIT, PROGRAM]);
    const [unit] = tree;
    const same = new Map([
      [UNIT, found(unit.content.toString())],
      [PROGRAM, found("one")],
    ]);
    expect(on({ files: same })).toEqual([]);
  });

  test("may be a link, such as one that masks a unit", () => {
    const files = new Map([[UNIT, "other" as const]]);
    expect(on({ files })).toEqual([UNIT]);
  });

  test("is not foreign if it was delivered before", () => {
    expect(on({ delivered: [UNIT, PROGRAM] })).toEqual([]);
    expect(on({ delivered: [UNIT] })).toEqual([PROGRAM]);
  });
});

/** The comparison for a host that has the tree and should get another one. */
const brought = (files = tree, unit = component): Comparison =>
  comparison(files, unit).with(stateOf(tree, [], unit));

const having = (path: string, text: string): HostFile[] =>
  tree.map((each) => (each.path === path ? file(path, text) : each));

function comparison(
  files: readonly HostFile[],
  unit = component,
  programs: readonly BinaryRequest[] = [],
): Comparison {
  return new Comparison({
    request: { components: [unit], binaries: programs },
    tree: files.length > 0 ? files : tree,
    hadTree: true,
    keeps: [],
    extra: [],
    repair: "a repair",
    hasEtcdData: false,
    now: 0,
    state: { files: new Map(), contents: new Map(), delivered: [] },
  });
}

/** The state of a host after a rollout. */
function stateOf(
  files: readonly HostFile[],
  programs: readonly BinaryRequest[] = [],
  unit = component,
): { state: HostState } {
  const before = comparison(files, unit, programs);
  const after = before
    .delivered(before.differences.changed, [], before.listed)
    .started(before.unitsOf([unit]));
  return { state: after.state };
}

const verbs = (
  found: Comparison,
  unit = component,
  unhealthy: readonly ComponentRequest[] = [],
): string[] =>
  startsOf(found.unitsOf([unit]), found, {
    files: found.differences.changed,
    binaries: found.binaries,
    unhealthy,
  }).map(({ verb }) => verb);

const found = (text: string) => ({
  sha256: sha256(text),
  mode: 0o600,
  ids: "0:0",
  names: "root:root",
});

function file(path: string, text: string): HostFile {
  return { path, content: Buffer.from(text), mode: 0o600, owner: "root:root" };
}
