import { readListeners } from "../../../lib/agent/hosts/listeners";
import { readRuntime } from "../../../lib/agent/hosts/runtime";

const SOCKET = "/run/containerd/containerd.sock";

/** @param printed the output of the script: a fact's first value under `name`, its second under `name 1` */
const runtime = (printed: Readonly<Record<string, string>>, socket = SOCKET) =>
  readRuntime(socket, (name, index = 0) =>
    index === 0 ? printed[name] : printed[`${name} ${index}`],
  );

test.each([
  ["containerd github.com/containerd/containerd v1.7.24 88bf19b", "1.7.24"],
  ["containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20", "1.6.20"],
  ["containerd github.com/containerd/containerd/v2 2.1.5", "2.1.5"],
  ["containerd containerd.io v2.0.0-rc.3 27de5fe", "2.0.0"],
  ["containerd", undefined],
])("%j has the version %j", (text, version) => {
  expect(runtime({ containerd: text }).containerd?.version).toBe(version);
});

test("the version of the running server counts, not that of the program", () => {
  const ctr =
    "Client:\n  Version:  v2.1.0\nServer:\n  Version:  v1.7.9\n  Revision: 1\n";
  expect(runtime({ ctr, containerd: "containerd c v2.1.0" })).toMatchObject({
    answers: true,
    containerd: { version: "1.7.9" },
  });
});

const VERSION_3 = `version = 3
[plugins]
  [plugins.'io.containerd.cri.v1.runtime']
    [plugins.'io.containerd.cri.v1.runtime'.containerd]
      default_runtime_name = 'gvisor'
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes]
        [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
          SystemdCgroup = true
        [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.gvisor.options]
          SystemdCgroup = false
`;

test.each([
  ["of the default runtime", VERSION_3, "cgroupfs"],
  ["of runc", VERSION_3.replace("'gvisor'", "'runc'"), "systemd"],
  [
    "of a runtime that is not configured",
    VERSION_3.replace("'gvisor'", "'crun'"),
    undefined,
  ],
  ["of an empty configuration", "", undefined],
])("reads the cgroup driver %s", (_, dump, driver) => {
  const printed = { containerd: "containerd c v2.1.5", "containerd 1": dump };
  expect(runtime(printed).containerd?.cgroupDriver).toBe(driver);
});

test.each<[string, Record<string, string>, string, boolean | undefined]>([
  ["there is no client program", {}, SOCKET, undefined],
  ["containerd is silent", { ctr: "Client:\n  Version: 1\n" }, SOCKET, false],
  ["crictl lists images", { "crictl-images": "{}" }, "/run/crio.sock", true],
  ["crictl gets no answer", { "crictl-images": "" }, "/run/crio.sock", false],
  ["ctr asks CRI-O in vain", { ctr: "Client:" }, "/run/crio.sock", undefined],
])("tells whether a runtime answers if %s", (_, printed, socket, answers) => {
  expect(runtime(printed, socket).answers).toBe(answers);
});

test("CRI-O is not mistaken for a containerd that is installed as well", () => {
  const socket = "/run/crio/crio.sock";
  const printed = { sockets: socket, containerd: "containerd c v1.7.24" };
  expect(runtime(printed, socket)).toEqual({
    socket: true,
    otherSockets: [],
    answers: undefined,
    containerdInstalled: true,
    containerd: undefined,
  });
});

test("a port is listed once, however many sockets and processes use it", () => {
  expect(
    readListeners(
      "192B 7\n0016 5\n192B 8\n2382 9",
      "8 40 kube apiserver\n8 41 x",
    ),
  ).toEqual([
    { port: 22 },
    { port: 6443, process: { pid: 40, name: "kube apiserver" } },
    { port: 9090 },
  ]);
});
