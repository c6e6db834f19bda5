import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "./support/project";

/** The example itself, with a key algorithm that takes little time. */
const EXAMPLE = readFileSync(join(__dirname, "../../main.ts"), "utf8")
  .replace(
    'import { ControlPlane } from "./lib";',
    `import { ControlPlane, KeyAlgorithm } from ${JSON.stringify(join(__dirname, "../../lib"))};`,
  )
  .replace(
    "podSubnet:",
    "keyAlgorithm: KeyAlgorithm.ECDSA_P256,\n  podSubnet:",
  );

const SUMMARY =
  /^example: Kubernetes v1\.36\.3, 3 nodes\n {2}endpoint {4}https:\/\/api\.example\.org:6443\n {2}kubectl {5}export KUBECONFIG=clusters\/example\/kubeconfigs\/admin\.conf\n {2}nodes {7}nothing runs yet: copy .*, or set its `access` and deploy\n {2}expiry {6}\d{4}-\d\d-\d\d \(in 36\d d\): 37 certificates\n {2}renewal {5}\d{4}-\d\d-\d\d \(in 24\d d\): the first deploy from then on renews 37 certificates\n {2}keep {8}clusters\/example holds the keys of its certificate authorities: back it up, and never commit it$/m;

/** The example keeps kubeadm's etcd. */
const WARNED: unknown = expect.stringMatching(
  /^Warning: .* etcd 3\.6\.8 has a known vulnerability .*\n$/,
);

describe("the example", () => {
  const project = new Project(EXAMPLE);
  afterAll(() => project.end());

  test("is deployed with a line for each node and a summary", async () => {
    const { exitCode, stdout, stderr } = await project.run("deploy");
    expect(stderr).toEqual(WARNED);
    expect(exitCode).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("control-plane: 126 files to make");
    expect(lines[1]).toBe(
      "  2 outputs to make: admin-kubeconfig, ca-certificate",
    );
    const agents = lines.slice(2, 12);
    expect([...agents].sort()).toEqual([
      "  cluster objects: 9 files made",
      "  cp-1: 36 files made",
      "  cp-2: 36 files made",
      "  cp-3: 36 files made",
      "  example: the files of 3 nodes are in clusters/example/nodes",
      "  kubeconfigs: 1 file made",
      "  pki/ca: 2 files made",
      "  pki/etcd/ca: 2 files made",
      "  pki/front-proxy-ca: 2 files made",
      "  pki/sa: 2 files made",
    ]);
    expect(agents.at(-1)).toContain("3 nodes are in clusters");
    expect(lines[13]).toMatch(/^ {2}ca-certificate = \(\d+ lines\)$/);
    expect(stdout).toMatch(SUMMARY);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  test("has no changes when it is deployed again", async () => {
    const { exitCode, stdout, stderr } = await project.run("deploy");
    expect([exitCode, stderr]).toEqual([0, WARNED]);
    expect(stdout.split("\n")[0]).toBe("control-plane: no changes");
    expect(stdout).toMatch(SUMMARY);
    expect(stdout.split("\n")).toHaveLength(10);
  });

  test.each([
    ["Terraform's log", { TF_LOG: "info" }],
    ["a plugin cache that is missing", { TF_PLUGIN_CACHE_DIR: "/nonexistent" }],
  ])("knows its state with %s", async (_, environment) => {
    const { exitCode, stdout } = await project.run("deploy", environment);
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining("no changes"),
    ]);
    expect(stdout).not.toContain("knows nothing");
  });

  test("names the few files that change, by their paths on the nodes", async () => {
    project.write(
      "clusters/example/nodes/cp-2/root/etc/kubernetes/manifests/etcd.yaml",
      "edited",
    );
    project.remove(
      "clusters/example/nodes/cp-1/root/etc/kubernetes/pki/apiserver.crt",
    );
    const { stdout } = await project.run("deploy");
    expect(stdout.split("\n").slice(0, 4)).toEqual([
      "clusters/example: 1 file mode corrected: other users could read or change the store",
      "control-plane: 3 files to replace",
      "  ~ cp-1:/etc/kubernetes/pki/apiserver.{crt,key}",
      "  ~ cp-2:/etc/kubernetes/manifests/etcd.yaml",
    ]);
  });

  test("keeps its files when the state is lost, and says why every file is planned", async () => {
    project.remove("terraform.control-plane.tfstate");
    const { stdout } = await project.run("deploy");
    expect(stdout).toContain(
      "126 files to make, unless they are already there: Terraform's state has no record of clusters/example\n",
    );
    expect(stdout).toContain("cp-1: 36 files unchanged");
    expect(stdout).not.toMatch(/files? made/);
  });

  test("shortens the files of a removed node to one line", async () => {
    project.write(
      "main.ts",
      EXAMPLE.replace('    { name: "cp-3", address: "10.0.0.13" },\n', ""),
    );
    const { stdout, stderr } = await project.run("deploy");
    expect(stdout.split("\n").slice(0, 5)).toEqual([
      "control-plane: 3 files to replace, 36 to remove",
      "  ~ cp-1:/etc/kubernetes/manifests/etcd.yaml",
      "  ~ cp-2:/etc/kubernetes/manifests/etcd.yaml",
      "  - cp-3: 36 files",
      "  ~ objects/nodes.yaml",
    ]);
    expect(stdout).toContain(
      "cp-3: no longer in the program, 36 files removed",
    );
    expect(stderr).toMatch(/^Warning: control-plane\/example: 2 etcd members/m);
    project.write("main.ts", EXAMPLE);
  });

  test("is destroyed except for its CAs, and says so, even the second time", async () => {
    const first = await project.run("destroy");
    expect([first.exitCode, first.stderr]).toEqual([0, WARNED]);
    expect(first.stdout.split("\n")).toEqual([
      "control-plane: clusters/example to remove; the keys of its certificate authorities stay",
      "  2 outputs to remove: admin-kubeconfig, ca-certificate",
      expect.stringMatching(/^ {2}clusters\/example: \d+ files removed$/),
      expect.stringMatching(/^ {2}clusters\/example\/pki: kept, /),
      "",
    ]);
    const second = await project.run("destroy");
    expect([second.exitCode, second.stderr]).toEqual([0, WARNED]);
    expect(second.stdout).toMatch(
      /^control-plane: nothing to remove\nKept: clusters\/example\/pki, /,
    );
    expect(project.files("clusters/example/pki")).toHaveLength(8);
  });

  test("is deployed again with the CAs that were kept", async () => {
    const { stdout } = await project.run("deploy");
    expect(stdout).toContain("pki/ca: 2 files unchanged");
    expect(stdout).toContain("cp-1: 36 files made");
  });
});
