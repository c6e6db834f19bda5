import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import { OBJECT_GROUPS } from "../../lib/catalog/object-groups";
import {
  bearerOf,
  healthOf,
  kubeconfig,
  leaderOf,
  membersOf,
  whoami,
} from "./clients";
import type { Cluster } from "./cluster";
import { certificateOf, register } from "./registration";
import { say, seconds, until } from "./say";
import { step } from "./steps";

/** The steps that check that a control plane runs after a deploy, however it is configured. */
export function itRuns(cluster: Cluster): void {
  afterAll(() => cluster.end());

  step("is deployed by the command line", () => cluster.deploy());

  step("runs the commands of all manifests, started at once", async () => {
    const start = Date.now();
    await cluster.start();
    await cluster.ready();
    say(`everything ready ${seconds(start)} after the first machine`);
  });

  step("has an etcd whose members are all healthy", async () => {
    const [machine] = cluster.machines;
    expect(await membersOf(machine)).toEqual(
      cluster.machines.map(({ name }) => name),
    );
    expect(await healthOf(machine)).toEqual(cluster.machines.map(() => true));
  });

  step("identifies the user of each kubeconfig", async () => {
    expect(
      await whoami(cluster.admin, cluster.store("kubeconfigs/admin.conf")),
    ).toEqual(user("kubernetes-admin", "kubeadm:cluster-admins"));
    for (const machine of cluster.machines) {
      const users = {
        admin: user("kubernetes-admin", "kubeadm:cluster-admins"),
        "super-admin": user("kubernetes-super-admin", "system:masters"),
        "controller-manager": user("system:kube-controller-manager"),
        scheduler: user("system:kube-scheduler"),
        kubelet: user(`system:node:${machine.name}`, "system:nodes"),
      };
      for (const [name, expected] of Object.entries(users))
        expect(await whoami(machine, kubeconfig(name))).toEqual(expected);
    }
  });

  step("elects a controller manager and a scheduler", async () => {
    for (const name of ["kube-controller-manager", "kube-scheduler"]) {
      let holder = "";
      await until(`${name} elected`, 60, async () => {
        holder = await leaderOf(cluster.machines[0], name);
        return holder !== "";
      });
      expect(cluster.machines.map((machine) => machine.name)).toContain(holder);
      say(`${name} of ${holder} leads`);
    }
  });

  step(
    "gives administrators their permissions through the binding of the cluster objects",
    async () => {
      const mayAll = () =>
        cluster
          .kubectl("auth", "can-i", "*", "*", "--all-namespaces")
          .then((answer) => answer.trim() === "yes")
          .catch(() => false);
      expect(await mayAll()).toBe(false);
      await cluster.machines[0].run([
        "kubectl",
        "--kubeconfig",
        kubeconfig("super-admin"),
        "apply",
        "--server-side",
        "--filename",
        cluster.store("objects/cluster-admins.yaml"),
      ]);
      expect(await mayAll()).toBe(true);
      expect(await cluster.kubectl("get", "--raw", "/readyz")).toBe("ok");
    },
  );

  step("lets its kubelets register their nodes and static pods", async () => {
    for (const machine of cluster.machines) await register(cluster, machine);
  });

  step("accepts its objects, and a second apply changes nothing", async () => {
    const groups = OBJECT_GROUPS.map(({ id }) => `${id}.yaml`);
    expect(cluster.objects().sort()).toEqual([...groups].sort());
    for (const file of groups) {
      // A bootstrap token has no name until it is made, in the next step.
      const objects = documents(cluster, file).filter(
        ({ metadata }) => metadata.name,
      );
      const input = JSON.stringify({ ...LIST, items: objects });
      const serverSide = ["--server-side", "--filename", "-"];
      if (file === "nodes.yaml") {
        // All taints are a single field, which the controller manager may change at any time, too.
        const force = "--force-conflicts";
        await cluster.kubectlWith({ input }, "apply", force, ...serverSide);
      } else {
        await cluster.kubectlWith({ input }, "apply", ...serverSide);
        await cluster.kubectlWith({ input }, "diff", ...serverSide);
      }
      say(`${file}: ${objects.length} objects`);
    }
  });

  step(
    "signs certificates for nodes that join with one of its bootstrap tokens",
    async () => {
      const [shell] = documents(cluster, "bootstrap-token.yaml");
      const [id, secret] = ["e2e000", "0123456789abcdef"];
      const minted = {
        ...shell,
        metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
        stringData: {
          ...shell.stringData,
          "token-id": id,
          "token-secret": secret,
        },
      };
      await cluster.kubectlWith(
        { input: JSON.stringify(minted) },
        "create",
        "--filename",
        "-",
      );
      await until("the cluster's info signed", 60, async () => {
        const text = await cluster.kubectl(
          "get",
          "configmap",
          "cluster-info",
          "--namespace",
          "kube-public",
          "--output",
          "json",
        );
        const { data } = JSON.parse(text) as { data: Record<string, string> };
        return data[`jws-kubeconfig-${id}`] !== undefined;
      });
      const [machine] = cluster.machines;
      const token = `${id}.${secret}`;
      await until("the token known", 60, async () => {
        const { groups } = await bearerOf(token, machine);
        return groups.includes(
          "system:bootstrappers:kubeadm:default-node-token",
        );
      });
      const certificate = await certificateOf(
        "worker",
        token,
        cluster,
        machine,
      );
      await machine.run([...OPENSSL_VERIFY, "-purpose", "sslclient"], {
        input: certificate,
      });
    },
  );

  step("is complete for kubeadm certs check-expiration", async () => {
    for (const machine of cluster.machines) {
      const text = await machine.run(["kubeadm", "certs", "check-expiration"]);
      // kubeadm would also succeed with its default configuration, if it did not find this cluster's.
      expect(text).not.toMatch(/Falling back|MISSING|invalid/i);
      for (const name of [...LEAVES, ...AUTHORITIES])
        expect(text).toMatch(new RegExp(`^${name} .* no +$`, "m"));
    }
  });

  step(
    "issues service account tokens that all API servers verify",
    async () => {
      let token = "";
      await until("a service account", 60, async () => {
        token = (await cluster.kubectl("create", "token", "default")).trim();
        return true;
      });
      for (const machine of cluster.machines)
        expect(await bearerOf(token, machine)).toMatchObject({
          username: "system:serviceaccount:default:default",
        });
    },
  );

  step("has certificates for kubelets that OpenSSL verifies", async () => {
    for (const machine of cluster.machines) {
      const verify = (...args: string[]) =>
        machine.run([...OPENSSL_VERIFY, ...args]);
      await verify(
        "-purpose",
        "sslclient",
        "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
      );
      await verify(
        "-purpose",
        "sslserver",
        "-verify_ip",
        machine.address,
        "/var/lib/kubelet/pki/kubelet.crt",
      );
    }
  });
}

/** The leaf certificates, as kubeadm names them. */
export const LEAVES = [
  "admin.conf",
  "apiserver",
  "apiserver-etcd-client",
  "apiserver-kubelet-client",
  "controller-manager.conf",
  "etcd-healthcheck-client",
  "etcd-peer",
  "etcd-server",
  "front-proxy-client",
  "scheduler.conf",
  "super-admin.conf",
];
export const AUTHORITIES = ["ca", "etcd-ca", "front-proxy-ca"];

const user = (username: string, ...groups: string[]) =>
  expect.objectContaining({
    username,
    groups: [...groups, "system:authenticated"],
  });

interface ApiObject {
  readonly metadata: { readonly name?: string };
  readonly stringData?: Record<string, string>;
}

const documents = (cluster: Cluster, file: string): ApiObject[] =>
  loadAll(
    readFileSync(cluster.store(`objects/${file}`), "utf8"),
  ) as ApiObject[];

const OPENSSL_VERIFY =
  "openssl verify -CAfile /etc/kubernetes/pki/ca.crt".split(" ");

const LIST = { apiVersion: "v1", kind: "List" };
