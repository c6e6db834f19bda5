import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../cluster";
import { Deployment } from "../lab/deployment";
import type { Host } from "../lab/host";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { say, until } from "../say";
import { step } from "../steps";

const CP = "10.77.0.11";
const WORKER = "10.77.0.21";
const CLI = join(REPOSITORY, "dist/control-plane.cjs");

describe("a node behind a jump host that still boots, without a registry", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        { name: "cp-1", address: CP, images: false },
        { name: "worker-1", address: WORKER },
      ],
      pods: false,
    });
    const main = program({
      clusterName: "prod",
      endpoint: `${CP}:6443`,
      sshKey: lab.sshKey,
      nodes: { "cp-1": CP },
      workers: { "worker-1": WORKER },
    });
    const archives = readdirSync(lab.images)
      .filter((file) => !["echo.tar", "network.tar"].includes(file))
      .map((file) => join(lab.images, file));
    cluster = new Deployment(
      lab,
      "prod",
      main
        .replace(
          `host: "${CP}", user: "admin"`,
          `host: "${CP}", user: "root", jumpHost: "admin@${WORKER}", hostKey: "${lab.host("cp-1").key}"`,
        )
        .replace(
          /(?=^ {2}podNetwork:)/m,
          `  images: { archives: ${JSON.stringify(archives)} },\n`,
        ),
    );
    await lab.host("cp-1").exec(ONLY_FROM_WORKER);
    await lab.host("worker-1").kill();
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step(
    "start from archives alone, once the jump host can be reached",
    async () => {
      await expect(lab.host("cp-1").ssh("true", "root")).rejects.toThrow();
      const log = join(cluster.directory, "deploy.log");
      const said = (): string =>
        existsSync(log) ? readFileSync(log, "utf8") : "";

      const command = `"$0" "$@" >${log} 2>&1`;
      const deploy = cluster.try(
        "sh",
        "-c",
        command,
        process.execPath,
        CLI,
        "deploy",
      );
      await until("waiting for the host", 120, async () =>
        said().includes(`cp-1: waiting for ${CP}`),
      );
      await lab.host("worker-1").start();
      const { failed } = await deploy;

      for (const line of said().trim().split("\n")) say(`| ${line}`);
      expect(failed).toBe(false);
      expect(said()).toMatch(/cp-1: .*etcd\.tar imported in \d+ s/);
      expect(said()).not.toContain("pulled");
      expect(
        await ready(cluster.kubectl("get", "nodes", "--no-headers")),
      ).toEqual(["cp-1 Ready", "worker-1 Ready"]);
    },
  );

  step("are found unchanged through the same access", async () => {
    const { output } = await cluster.deploy();
    expect(output).toContain("no changes");
  });
});

describe("this machine as a node", () => {
  const DIRECTORY = "/home/admin/deploy";
  const STACK = `${DIRECTORY}/cdktf.out/stacks/prod`;
  let lab: Lab;
  let cluster: Deployment;
  let host: Host;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [{ name: "cp-1", address: CP }],
      pods: false,
    });
    host = lab.host("cp-1");
    const main = program({
      clusterName: "prod",
      endpoint: `${CP}:6443`,
      sshKey: lab.sshKey,
      nodes: { "cp-1": CP },
    });
    cluster = new Deployment(
      lab,
      "prod",
      main.replace(/NodeAccess\.ssh\(.*\)(?= })/, "NodeAccess.local()"),
    );
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step(
    "becomes a node by a Terraform that runs on it, not as root",
    async () => {
      const { output, failed } = await cluster.try(
        process.execPath,
        "node_modules/tsx/dist/cli.mjs",
        "main.ts",
      );
      if (failed) throw new Error(output);
      await copyTo(host, [join(cluster.directory, "cdktf.out")], DIRECTORY);
      await copyTo(host, await programs(), `${DIRECTORY}/bin`);
      await host.ssh(`${TERRAFORM} init -input=false`);
      const said = await host.ssh(`${TERRAFORM} apply -auto-approve -no-color`);
      for (const [, line] of said.matchAll(/\(local-exec\): (.*)/g))
        say(`| ${line}`);
      const kubeconfig = `${DIRECTORY}/clusters/prod/kubeconfigs/admin.conf`;
      const nodes = `kubectl --kubeconfig ${kubeconfig} get nodes --no-headers`;
      expect(await ready(host.ssh(nodes))).toEqual(["cp-1 Ready"]);
    },
  );

  step("needs no changes afterwards", async () => {
    await host.ssh(`${TERRAFORM} plan -detailed-exitcode`);
  });

  /** The programs that Terraform needs to run there. */
  async function programs(): Promise<string[]> {
    const where = "readlink -f $(command -v terraform)";
    const terraform = await lab.admin.run(["sh", "-c", where]);
    return [process.execPath, terraform.trim()];
  }

  async function copyTo(
    { address }: Host,
    files: readonly string[],
    directory: string,
  ): Promise<void> {
    await host.ssh(`mkdir -p ${directory}`);
    await lab.admin.run([
      "scp",
      "-F",
      "none",
      "-qr",
      "-i",
      lab.sshKey,
      "-o",
      `UserKnownHostsFile=${lab.knownHosts}`,
      ...files,
      `admin@${address}:${directory}`,
    ]);
  }

  const TERRAFORM = `cd ${STACK} && PATH=${DIRECTORY}/bin:$PATH CHECKPOINT_DISABLE=1 terraform`;
});

/** The names and states in the output of `kubectl get nodes`. */
async function ready(nodes: Promise<string>): Promise<string[]> {
  const lines = (await nodes).trim().split("\n");
  return lines.map((line) => line.split(/ +/).slice(0, 2).join(" "));
}

const ONLY_FROM_WORKER = `iptables --insert INPUT --protocol tcp --dport 22 ! --source ${WORKER} --jump DROP`;
