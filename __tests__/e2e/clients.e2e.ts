import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfig } from "./clients";
import { builtClients } from "./clients-built";
import { Cluster } from "./cluster";
import { removeAtTheEnd } from "./machines";
import { register } from "./registration";
import { until } from "./say";
import { step } from "./steps";
import { KUBERNETES } from "./binaries";

const LANGUAGES = ["Python", "Java", "JavaScript"];
/** Seconds for Java to start on a busy machine with two cores. */
const TIMEOUT = 60;

let commands: Readonly<Record<string, readonly string[]>>;
beforeAll(() => {
  commands = builtClients();
}, 600_000);

/** A running program of examples/clients. */
class Client {
  private readonly directory = mkdtempSync(join(tmpdir(), "e2e-client-"));
  private readonly log = join(this.directory, "log");
  private readonly child: ChildProcess;

  constructor(cluster: Cluster, language: string, ...args: string[]) {
    removeAtTheEnd(this.directory);
    const kubeconfig = cluster.store("kubeconfigs/admin.conf");
    const command = [...commands[language], kubeconfig, ...args];
    this.child = cluster.admin.spawn(command, this.log, {});
  }

  /** What it has printed, on standard output and standard error. */
  get lines(): string[] {
    return readFileSync(this.log, "utf8").split("\n").slice(0, -1);
  }

  /** The lines that it has printed since it began to watch. */
  get events(): string[] {
    const { lines } = this;
    return lines.slice(lines.findIndex(isWatching) + 1);
  }

  async watches(): Promise<void> {
    await this.said("watching", (lines) => lines.some(isWatching));
  }

  async said(
    what: string,
    condition: (lines: readonly string[]) => boolean,
  ): Promise<void> {
    await until(what, TIMEOUT, () => {
      const { lines } = this;
      if (condition(lines)) return Promise.resolve(true);
      throw new Error(lines.slice(-12).join("\n"));
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for its end, and returns its exit code. */
  async ended(): Promise<number | null> {
    const { child } = this;
    await until("ended", TIMEOUT, () =>
      Promise.resolve(child.exitCode !== null || child.signalCode !== null),
    );
    return child.exitCode;
  }

  end(): void {
    this.child.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const isWatching = (line: string): boolean => line.startsWith("Watching the ");

describe.each([
  ["RSA", "RSA_2048"],
  ["P-256", "ECDSA_P256"],
])("clients in three languages, with %s keys", (title, keyAlgorithm) => {
  const clusterName = `clients-${title.toLowerCase()}`;
  const cluster = new Cluster({
    main: `
      import { App, LocalBackend, TerraformStack } from "cdktf";
      import { ControlPlane, KeyAlgorithm } from "cdktf-control-plane";

      const app = new App();
      const stack = new TerraformStack(app, "clients");
      new LocalBackend(stack, { path: "../../../terraform.clients.tfstate" });
      new ControlPlane(stack, "cluster", {
        clusterName: "${clusterName}",
        kubernetesVersion: "${KUBERNETES.text}",
        keyAlgorithm: KeyAlgorithm.${keyAlgorithm},
        nodes: [{ name: "cp-1", address: "10.0.0.11" }],
      });
      app.synth();
    `,
    clusterName,
    nodes: { "cp-1": "10.0.0.11" },
    adminAddress: "10.0.0.1",
    prefix: 24,
  });
  const clients: Client[] = [];
  afterAll(async () => {
    for (const client of clients) client.end();
    await cluster.end();
  });

  const start = (language: string, ...args: string[]): Client => {
    const client = new Client(cluster, language, ...args);
    clients.push(client);
    return client;
  };
  const configMap = (verb: string, ...args: string[]): Promise<string> =>
    cluster.kubectl(verb, "configmap", ...args);

  const report = (object: string, status: object): Promise<string> =>
    cluster.kubectl(
      "patch",
      object,
      "--namespace",
      "kube-system",
      "--subresource",
      "status",
      "--patch",
      JSON.stringify({ status }),
    );

  step("have an API server, a node and its pods", async () => {
    await cluster.deploy();
    await cluster.start();
    await cluster.ready();
    const [machine] = cluster.machines;
    await machine.run([
      "kubectl",
      "--kubeconfig",
      kubeconfig("super-admin"),
      "apply",
      "--server-side",
      "--filename",
      cluster.store("objects/cluster-admins.yaml"),
    ]);
    await register(cluster, machine);
    const { address } = machine;
    await report("node/cp-1", {
      addresses: [{ type: "InternalIP", address }],
    });
    for (const pod of ["etcd", "kube-apiserver"])
      await report(`pod/${pod}-cp-1`, {
        podIP: address,
        podIPs: [{ ip: address }],
      });
    // The controller manager creates it in each namespace, at any time.
    await until("the namespace complete", 60, async () =>
      (await configMap("get", "--output", "name")).includes("kube-root-ca.crt"),
    );
  });

  for (const language of LANGUAGES)
    step(`list objects, and print three changes, in ${language}`, async () => {
      const object = `seen-by-${language.toLowerCase()}`;
      const client = start(language, "default", "3");
      await client.watches();
      await configMap("create", object);
      await configMap("label", object, "seen=yes");
      await configMap("delete", object);
      expect(await client.ended()).toBe(0);
      expect(client.lines).toEqual([
        "Nodes with their addresses:",
        "10.0.0.11\tcp-1",
        "Pods with their addresses:",
        "10.0.0.11\tkube-system\tetcd-cp-1",
        "10.0.0.11\tkube-system\tkube-apiserver-cp-1",
        "-\tkube-system\tkube-controller-manager-cp-1",
        "-\tkube-system\tkube-scheduler-cp-1",
        "Watching the 1 config maps of default:",
        ...["ADDED", "MODIFIED", "DELETED"].map((kind) => `${kind}\t${object}`),
      ]);
    });

  // The remaining steps do not depend on the key algorithm.
  if (title === "RSA") return;

  step(
    "find changes that were made while they, and then the API server, were stopped",
    async () => {
      await configMap("create", "kept");
      await configMap("create", "lost");
      const all = LANGUAGES.map((language) => start(language));
      for (const client of all) await client.watches();
      for (const client of all) client.signal("SIGSTOP");
      await configMap("label", "kept", "changed=yes");
      await configMap("delete", "lost");
      await configMap("create", "made");
      const [server] = cluster.podsOf("kube-apiserver");
      await server.stop();
      server.start();
      await server.ready();
      for (const client of all) client.signal("SIGCONT");
      for (const client of all) {
        await client.said("listing again", (lines) =>
          lines.some((line) => line.startsWith("listing again: ")),
        );
        await client.said("told", (lines) => lines.includes("ADDED\tmade"));
        await configMap("label", "made", "seen=yes", "--overwrite");
        await client.said("watching again", (lines) =>
          lines.includes("MODIFIED\tmade"),
        );
        const told = client.events.filter((line) => line.includes("\t"));
        expect(told.slice(0, 4)).toEqual([
          "MODIFIED\tkept",
          "DELETED\tlost",
          "ADDED\tmade",
          "MODIFIED\tmade",
        ]);
      }
    },
  );

  step("end without an error when they are interrupted", async () => {
    for (const language of LANGUAGES)
      for (const signal of ["SIGINT", "SIGTERM"] as const) {
        const client = start(language, "kube-system");
        await client.watches();
        client.signal(signal);
        expect(await client.ended()).toBe(0);
        expect(client.events).toEqual([]);
      }
  });
});
