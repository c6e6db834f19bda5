import { bringBinaries } from "../lab/binaries";
import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { step } from "../steps";

const CP = "10.77.0.11";
const ETCD = {
  "etcd-1": "10.77.0.31",
  "etcd-2": "10.77.0.32",
  "etcd-3": "10.77.0.33",
  "etcd-4": "10.77.0.34",
} as const;
type Member = keyof typeof ETCD;

describe("etcd on its own hosts", () => {
  let lab: Lab;
  let cluster: Deployment;

  const members = (...names: readonly Member[]): string =>
    names
      .map(
        (name) =>
          `    { name: "${name}", address: "${ETCD[name]}", access: NodeAccess.ssh({ host: "${ETCD[name]}", user: "admin", identityFile: "${lab.sshKey}" }) },\n`,
      )
      .join("");
  const runOn = (...names: readonly Member[]): void =>
    cluster.edit((main) =>
      main.replace(
        /(?<=Etcd\.dedicated\(\{ nodes: \[\n)[^\]]*/,
        `${members(...names)}  `,
      ),
    );
  /** systemd's id of the last start of etcd on a host. */
  const started = (name: Member): Promise<string> =>
    lab.host(name).exec("systemctl show --property=InvocationID --value etcd");

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        { name: "cp-1", address: CP },
        ...Object.entries(ETCD).map(([name, address]) => ({
          name,
          address,
          containerd: false,
        })),
      ],
      pods: false,
    });
    const main = program({
      clusterName: "prod",
      endpoint: `${CP}:6443`,
      sshKey: lab.sshKey,
      nodes: { "cp-1": CP },
    });
    cluster = new Deployment(
      lab,
      "prod",
      main
        .replace("PodNetwork }", "PodNetwork, Etcd, Runtime }")
        .replace(
          /(?=^ {2}podNetwork:)/m,
          `  runtime: Runtime.systemd({ binaries: "bin" }),\n  etcd: Etcd.dedicated({ nodes: [\n${members("etcd-1")}  ] }),\n`,
        ),
    );
    bringBinaries(cluster);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("starts before the API server", async () => {
    const { output } = await cluster.deploy();
    const at = (line: string) => output.indexOf(line);
    expect(at("etcd-1: etcd healthy")).toBeGreaterThan(0);
    expect(at("cp-1: kube-apiserver healthy")).toBeGreaterThan(
      at("etcd-1: etcd healthy"),
    );
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("grows by members that join the existing one", async () => {
    await cluster.kubectl("create", "configmap", "remembered");
    const before = await started("etcd-1");
    runOn("etcd-1", "etcd-2", "etcd-3");
    const { output } = await cluster.deploy();
    expect(output).toContain("etcd-2: joined etcd after");
    expect(output).toContain("etcd-3: joined etcd after");
    expect(await started("etcd-1")).toBe(before);
    await cluster.kubectl("get", "configmap", "remembered");
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("accepts a member again that has lost its data", async () => {
    await lab
      .host("etcd-3")
      .exec("systemctl stop etcd; rm -rf /var/lib/etcd/member");
    const { output } = await cluster.deploy();
    expect(output).toContain("etcd-3: joined etcd after");
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("replaces a member with another host", async () => {
    runOn("etcd-1", "etcd-2", "etcd-4");
    const { output } = await cluster.deploy();
    expect(output).toContain("etcd-4: joined etcd after");
    expect(output).toContain("etcd-3: left the cluster; its host was cleaned");
    const left = await lab
      .host("etcd-3")
      .exec(
        "pgrep -x etcd || true; ls -d /usr/local/bin/etcd /etc/systemd/system/etcd.service /var/lib/cdktf-control-plane 2>/dev/null || true",
      );
    expect(left).toBe("");
    await cluster.kubectl("get", "configmap", "remembered");
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("refuses a change that would cost its quorum", async () => {
    runOn("etcd-1");
    const { output, failed } = await cluster.run("deploy");
    expect(failed).toBe(true);
    expect(output).toContain("etcd would lose its quorum");
  });
});
