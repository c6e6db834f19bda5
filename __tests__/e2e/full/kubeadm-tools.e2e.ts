import { Deployment } from "../lab/deployment";
import type { Host } from "../lab/host";
import { installDropIn, kubeadm } from "../lab/kubeadm";
import { Lab } from "../lab/lab";
import { withoutPodNetwork } from "../lab/program";
import { AUTHORITIES, LEAVES } from "../proof";
import { say, until } from "../say";
import { step } from "../steps";
import { KUBERNETES } from "../binaries";

/** The lab has control groups of version 1, which kubeadm's checks refuse. Only its kubelets are configured to accept them. */
const OLD_CGROUPS = "--ignore-preflight-errors=SystemVerification";
/** kubeadm's test job would never end, because the lab's pause image only waits. */
const NO_JOB = "--ignore-preflight-errors=CreateJob";

describe("one of our control planes, used with kubeadm", () => {
  let lab: Lab;
  let cluster: Deployment;
  let node: Host;

  beforeAll(async () => {
    const nodes = { "cp-1": "10.77.0.11" };
    const others = { "worker-1": "10.77.0.21", "cp-2": "10.77.0.12" };
    lab = await Lab.start({
      hosts: Object.entries({ ...nodes, ...others }).map(([name, address]) => ({
        name,
        address,
      })),
    });
    node = lab.host("cp-1");
    for (const name of Object.keys(others)) await installDropIn(lab.host(name));
    cluster = new Deployment(
      lab,
      "prod",
      withoutPodNetwork({
        clusterName: "prod",
        endpoint: "10.77.0.11:6443",
        nodes,
        sshKey: lab.sshKey,
      }),
    );
    await cluster.deploy();
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("shows when its certificates expire", async () => {
    const table = await node.exec("kubeadm certs check-expiration");
    const rows = table.match(/^\S+ +\w{3} \d\d, \d{4} .*$/gm) ?? [];
    expect(rows.map((row) => row.split(" ")[0])).toEqual([
      ...LEAVES,
      ...AUTHORITIES,
    ]);
    expect(table).not.toMatch(/MISSING|invalid/i);
  });

  step("names the images that it runs", async () => {
    const get =
      "kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system get configmap kubeadm-config";
    const images = await node.exec(
      `${get} -o jsonpath={.data.ClusterConfiguration} > /root/cluster.yaml
      kubeadm config images list --config /root/cluster.yaml`,
    );
    const running = await cluster.kubectl(
      "get",
      "pods",
      "--namespace",
      "kube-system",
      "-o",
      "jsonpath={.items[*].spec.containers[*].image}",
    );
    expect(images.trim().split("\n")).toEqual(
      expect.arrayContaining([...new Set(running.split(" "))]),
    );
  });

  step("could be upgraded", async () => {
    const { text } = KUBERNETES;
    expect(await node.exec(`kubeadm upgrade plan ${text} ${NO_JOB}`)).toContain(
      `Cluster version: ${text.slice(1)}`,
    );
    expect(
      await node.exec(
        `kubeadm upgrade apply ${text} --dry-run --yes ${NO_JOB} ${OLD_CGROUPS}`,
      ),
    ).toContain("Finished dryrunning successfully");
  });

  step("lets a control-plane node join with one of our tokens", async () => {
    const list = "kubeadm token list -o jsonpath={.token}";
    const ours = (await node.exec(list)).trim();
    const join = await node.exec("kubeadm token create --print-join-command");
    const uploaded = await node.exec(
      "kubeadm init phase upload-certs --upload-certs",
    );
    const [key] = /^[0-9a-f]{64}$/m.exec(uploaded) ?? [];
    await lab
      .host("cp-2")
      .exec(
        `${join.trim().replace(/(?<=--token )\S+/, ours)} --control-plane --certificate-key ${key} ${OLD_CGROUPS}`,
      );
    await ready("cp-2");
  });

  step("lets a worker join with one of kubeadm's tokens", async () => {
    const join = await node.exec("kubeadm token create --print-join-command");
    await lab.host("worker-1").exec(`${join.trim()} ${OLD_CGROUPS}`);
    await ready("worker-1");
  });

  const ready = (name: string): Promise<void> =>
    until(`${name} Ready`, 60, async () =>
      / Ready /.test(
        await cluster.kubectl("get", "node", name, "--no-headers"),
      ),
    );
});

describe("side by side with kubeadm", () => {
  const NODES = {
    "cp-1": "10.77.0.11",
    "cp-2": "10.77.0.12",
    "cp-3": "10.77.0.13",
  };
  const ENDPOINT = { name: "api.example.org", address: "10.77.0.10" };

  step(
    "three API servers become ready, and both times are printed",
    async () => {
      const theirs = await onFreshHosts(({ hosts }) =>
        kubeadm(hosts, ENDPOINT.name),
      );
      const ours = await onFreshHosts(deploy);
      say(
        `three API servers ready: kubeadm ${theirs.toFixed(1)} s, cdktf-control-plane deploy ${ours.toFixed(1)} s`,
      );
    },
  );

  async function onFreshHosts(
    bringUp: (lab: Lab) => Promise<number>,
  ): Promise<number> {
    const lab = await Lab.start({
      hosts: Object.entries(NODES).map(([name, address]) => ({
        name,
        address,
      })),
      names: { [ENDPOINT.name]: ENDPOINT.address },
    });
    try {
      await lab.give(ENDPOINT.address, lab.hosts[0]);
      return await bringUp(lab);
    } finally {
      await lab.end();
    }
  }

  /** The seconds from the start of the command, including synthesis, certificates and delivery. */
  async function deploy(lab: Lab): Promise<number> {
    const cluster = new Deployment(
      lab,
      "prod",
      withoutPodNetwork({
        clusterName: "prod",
        endpoint: `${ENDPOINT.name}:6443`,
        sshKey: lab.sshKey,
        nodes: NODES,
      }),
    );
    try {
      const start = Date.now();
      const [seconds] = await Promise.all([
        Promise.all(lab.hosts.map(answers)).then(
          () => (Date.now() - start) / 1000,
        ),
        cluster.deploy(),
      ]);
      return seconds;
    } finally {
      cluster.end();
    }
  }

  const answers = (host: Host): Promise<void> =>
    until(`the API server of ${host.name} ready`, 240, async () => {
      const url = `https://${host.address}:6443/readyz`;
      await host.exec(`curl --silent --fail --insecure ${url}`);
      return true;
    });
});
