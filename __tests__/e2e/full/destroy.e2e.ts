import { existsSync, readFileSync } from "node:fs";
import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { step } from "../steps";
import { remainsOf } from "./remains";

const CP = "10.77.0.11";
const WORKER = "10.77.0.21";
const MEMBER = "/var/lib/etcd/member";

describe("a cluster that is destroyed and deployed again", () => {
  let lab: Lab;
  let cluster: Deployment;
  let authority: string;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        { name: "cp-1", address: CP },
        { name: "worker-1", address: WORKER },
      ],
      pods: false,
    });
    cluster = new Deployment(
      lab,
      "prod",
      program({
        clusterName: "prod",
        endpoint: `${CP}:6443`,
        sshKey: lab.sshKey,
        nodes: { "cp-1": CP },
        workers: { "worker-1": WORKER },
      }),
    );
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("leaves nothing on its hosts but etcd's data", async () => {
    await cluster.deploy();
    await cluster.kubectl("create", "configmap", "remembered");
    authority = readFileSync(cluster.store("pki/ca.crt"), "utf8");

    const { output, failed } = await cluster.run("destroy");

    expect(failed).toBe(false);
    expect(output).toContain("2 hosts cleaned: kubelet and its pods ended");
    expect(output).toContain("etcd's data stay in /var/lib/etcd");
    expect(await remainsOf(lab.host("cp-1"))).toBe(`${MEMBER}\n`);
    expect(await remainsOf(lab.host("worker-1"))).toBe("");
    expect(existsSync(cluster.store("nodes"))).toBe(false);
    expect(readFileSync(cluster.store("pki/ca.crt"), "utf8")).toBe(authority);
  });

  step("continues with its CAs and etcd's data", async () => {
    await cluster.deploy();
    await allReady();
    await cluster.kubectl("get", "configmap", "remembered");
    expect(readFileSync(cluster.store("pki/ca.crt"), "utf8")).toBe(authority);
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("leaves nothing at all if the program says so", async () => {
    cluster.edit((main) =>
      main
        .replace("NodeAccess, ", "NodeAccess, RemovalPolicy, ")
        .replace(
          /(?=^ {2}podNetwork:)/m,
          "  removalPolicy: RemovalPolicy.DESTROY,\n",
        ),
    );
    const { output, failed } = await cluster.run("destroy");
    expect(failed).toBe(false);
    expect(output).not.toContain("etcd's data");
    for (const name of ["cp-1", "worker-1"])
      expect(await remainsOf(lab.host(name))).toBe("");
    expect(existsSync(cluster.store(""))).toBe(false);
  });

  step("starts from scratch after that", async () => {
    await cluster.deploy();
    await allReady();
    await expect(
      cluster.kubectl("get", "configmap", "remembered"),
    ).rejects.toThrow("not found");
    expect(readFileSync(cluster.store("pki/ca.crt"), "utf8")).not.toBe(
      authority,
    );
  });

  const allReady = (): Promise<string> =>
    cluster.kubectl(
      "wait",
      "nodes",
      "cp-1",
      "worker-1",
      "--for=condition=Ready",
      "--timeout=60s",
    );
});
