import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ASK_COREDNS, ECHO, HANDSHAKE } from "./hosts/echo";
import { Deployment } from "./lab/deployment";
import { Lab } from "./lab/lab";
import { probeWhile } from "./lab/probe";
import { sshExample } from "./lab/program";
import { until } from "./say";
import { step } from "./steps";

const NODES = {
  "cp-1": "10.77.0.11",
  "cp-2": "10.77.0.12",
  "cp-3": "10.77.0.13",
};
const WORKERS = { "worker-1": "10.77.0.21", "worker-2": "10.77.0.22" };
const ENDPOINT = "10.77.0.10";

/** Deploys examples/ssh unchanged. */
describe("three control-plane nodes and two workers on real hosts", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: Object.entries({ ...NODES, ...WORKERS }).map(
        ([name, address]) => ({ name, address }),
      ),
      names: { "api.example.org": ENDPOINT },
      pods: false,
    });
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster = new Deployment(lab, "prod", sshExample("10.77.0.", lab.sshKey));
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("come up from nothing, all of them Ready", async () => {
    await cluster.deploy();
    const nodes = await cluster.kubectl("get", "nodes", "--no-headers");
    const ready = nodes
      .trim()
      .split("\n")
      .map((line) => line.split(/ +/).slice(0, 2));
    expect(ready).toEqual(
      Object.keys({ ...NODES, ...WORKERS }).map((name) => [name, "Ready"]),
    );
  });

  step(
    "resolve names of services, and reach a pod on another node through a service",
    async () => {
      await cluster.kubectlWith(
        { input: JSON.stringify(ECHO) },
        "apply",
        "-f",
        "-",
      );
      await cluster.kubectl(
        "rollout",
        "status",
        "deployment/coredns",
        "-n",
        "kube-system",
        "--timeout=90s",
      );
      await cluster.kubectl(
        "rollout",
        "status",
        "deployment/echo",
        "--timeout=90s",
      );
      const address = (
        await cluster.kubectl(
          "get",
          "service",
          "echo",
          "-o",
          "jsonpath={.spec.clusterIP}",
        )
      ).trim();
      const pods = await cluster.kubectl(
        "get",
        "pods",
        "-l",
        "app=echo",
        "-o",
        "jsonpath={.items[*].metadata.name}",
      );
      for (const name of Object.keys({ ...NODES, ...WORKERS }))
        await until(`echo answers ${name}`, 30, async () => {
          const answer = await lab
            .host(name)
            .exec(`curl --silent --fail --max-time 2 http://${address}`);
          return pods.split(" ").some((pod) => answer.includes(pod));
        });
      await until("CoreDNS knows the service", 30, async () => {
        const answer = await lab
          .host("worker-1")
          .exec(["unshare", "--mount", "sh", "-euc", ASK_COREDNS]);
        return answer.startsWith(`${address} `);
      });
    },
  );

  step(
    "have the manifests, labels and permissions of the example",
    async () => {
      const kubeconfig = cluster.store("kubeconfigs/jane.conf");
      const asJane = (...args: string[]) =>
        cluster.kubectl("--kubeconfig", kubeconfig, ...args);
      expect(
        await asJane("get", "resourcequota", "-n", "team", "-o", "name"),
      ).toBe("resourcequota/pods\n");
      expect(
        await asJane(
          "get",
          "pods",
          "-n",
          "kube-system",
          "-o",
          "name",
          "-l",
          "component=kube-apiserver",
        ),
      ).toBe(
        Object.keys(NODES)
          .map((name) => `pod/kube-apiserver-${name}\n`)
          .join(""),
      );
      await expect(
        asJane("get", "secrets", "-n", "kube-system"),
      ).rejects.toThrow("forbidden");
      const labelled = await cluster.kubectl(
        "get",
        "nodes",
        "-l",
        "example.org/disk=ssd",
        "-o",
        "name",
      );
      expect(labelled).toBe(
        Object.keys(WORKERS)
          .map((name) => `node/${name}\n`)
          .join(""),
      );
    },
  );

  step("answer requests to a kubelet through the API server", async () => {
    const node = "worker-1";
    const ask = (path: string): Promise<string> =>
      cluster.kubectl("get", "--raw", `/api/v1/nodes/${node}/proxy/${path}`);
    const names = ({ items }: PodList): string[] =>
      items.map(({ metadata }) => metadata.name).sort();
    const pods = JSON.parse(
      await cluster.kubectl(
        "get",
        "pods",
        "--all-namespaces",
        "--output",
        "json",
        "--field-selector",
        `spec.nodeName=${node}`,
      ),
    ) as PodList;
    expect(pods.items.length).toBeGreaterThan(0);
    expect(names(JSON.parse(await ask("pods")) as PodList)).toEqual(
      names(pods),
    );
    expect(await ask("healthz")).toBe("ok");
    expect(JSON.parse(await ask("stats/summary"))).toMatchObject({
      node: { nodeName: node },
    });
    expect(await ask("metrics")).toContain("kubelet_running_pods");
    expect(JSON.parse(await ask("configz"))).toMatchObject({
      kubeletconfig: { failCgroupV1: false },
    });
    // The debugging handlers are on by default.
    expect(await ask("logs/")).toContain("<pre>");
  });

  step("are not changed by a second deploy", async () => {
    const before = await containers();
    const { output } = await cluster.deploy();
    expect(output).toContain("no changes");
    expect(await containers()).toEqual(before);
  });

  step(
    "get a flag of the API server one after another, while two always serve, and lose no write",
    async () => {
      cluster.edit((main) =>
        main.replace(
          "apiServer: { extraArgs: {",
          'apiServer: { extraArgs: { "max-requests-inflight": "321",',
        ),
      );
      const servers = Object.values(NODES);
      const probed = await probeWhile({ lab, cluster, servers }, async () => {
        const { output } = await cluster.deploy();
        expect(output).toMatch(
          /cp-1: kube-apiserver healthy[^]*cp-2: kube-apiserver healthy[^]*cp-3: kube-apiserver healthy/,
        );
      });
      for (const name of Object.keys(NODES))
        expect(
          await lab
            .host(name)
            .exec("tr '\\0' ' ' < /proc/$(pidof kube-apiserver)/cmdline"),
        ).toContain("--max-requests-inflight=321");
      expect(probed.fewestReady).toBeGreaterThanOrEqual(2);
      expect(probed).toMatchObject({ failedWrites: 0, lost: [] });
    },
  );

  step(
    "get a new key for the API server of one node, which then serves its certificate, and the others keep theirs",
    async () => {
      const before = await served();
      const { output, failed } = await cluster.run(
        "renew",
        "apiserver",
        "--node",
        "cp-2",
      );
      expect(failed).toBe(false);
      expect(output).toContain("apiserver on cp-2");
      expect(output).toContain("cp-2: kube-apiserver healthy");
      const certificate = new X509Certificate(
        readFileSync(
          cluster.store("nodes/cp-2/root/etc/kubernetes/pki/apiserver.crt"),
        ),
      );
      const renewed = certificate.fingerprint256;
      expect(renewed).not.toBe(before["cp-2"]);
      expect(await served()).toEqual({ ...before, "cp-2": renewed });
      expect((await cluster.deploy()).output).toContain("no changes");
    },
  );

  /** The fingerprints of the certificates that the API servers present, each of which is verified with the cluster's CA. */
  async function served(): Promise<Record<string, string>> {
    const ca = cluster.store("pki/ca.crt");
    const found = Object.entries(NODES).map(async ([name, address]) => {
      const command = [process.execPath, "-e", HANDSHAKE, address, ca];
      return [name, (await lab.admin.run(command)).trim()] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  }

  async function containers(): Promise<string[]> {
    const all = await Promise.all(
      lab.hosts.map(({ name }) =>
        lab.host(name).exec("ctr -n k8s.io tasks ls | sort"),
      ),
    );
    return all;
  }
});

interface PodList {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}
