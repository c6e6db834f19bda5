import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { type Outcome, Place } from "./local/place";
import { say, seconds, until } from "./say";
import { step } from "./steps";

const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

const POD = JSON.stringify({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "nginx" },
  spec: {
    containers: [
      {
        name: "nginx",
        image: "nginx:1.14.2",
        ports: [{ containerPort: 80 }],
      },
    ],
  },
});

const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/\) Z /.test(stat);
  } catch {
    return false;
  }
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });

const succeeded = ({ exitCode, stdout, stderr }: Outcome): string => {
  if (exitCode !== 0) throw new Error(stdout + stderr);
  return stdout;
};

describe("examples/local: processes of a user on this machine", () => {
  const place = new Place();
  afterAll(async () => {
    place.restore();
    await place.controlPlane("destroy");
    await place.controlPlane("teardown", "clusters/second");
    place.end();
  });

  const deploy = async () => succeeded(await place.controlPlane("deploy"));
  const namespaces = async (...more: string[]) =>
    (
      await place.kubectl(
        "get",
        "namespaces",
        "--output",
        "jsonpath={.items[*].metadata.name}",
        ...more,
      )
    ).split(" ");

  step("answers kubectl as soon as the deploy has ended", async () => {
    const start = Date.now();
    const said = await deploy();
    const first = await namespaces();
    say(`${seconds(start)} to the first answer`);
    expect(first).toContain("default");
    expect(said).toContain("kube-apiserver: ready after");
    expect(said).toContain("etcd and kube-apiserver, with their logs in");
  });

  step("runs its processes only as the user that started them", async () => {
    for (const pid of Object.values(place.pids())) {
      const { uid } = statSync(`/proc/${pid}`);
      expect(uid).toBe(statSync(place.store()).uid);
      expect(uid).not.toBe(0);
    }
  });

  step("has the namespaces, as kubectl lists them", async () => {
    await until("all namespaces", 20, async () => {
      return (await namespaces()).join() === NAMESPACES.join();
    });
  });

  step("answers curl with a client certificate", async () => {
    const version = await place.output(
      "curl",
      "--silent",
      "--fail",
      "--cacert",
      place.store("pki/ca.crt"),
      "--cert",
      place.store("cert/client.crt"),
      "--key",
      place.store("cert/client.key"),
      "https://127.0.0.1:6443/version",
    );
    expect(JSON.parse(version)).toMatchObject({ gitVersion: "v1.35.4" });
  });

  step("can be used with a kubeconfig that kubectl config writes", async () => {
    const config = (...words: string[]) =>
      place.output(
        place.path("bin/kubectl"),
        "--kubeconfig",
        place.path("by-hand.conf"),
        ...words,
      );
    await config(
      "config",
      "set-cluster",
      "devk8s",
      "--server=https://127.0.0.1:6443",
      `--certificate-authority=${place.store("pki/ca.crt")}`,
    );
    await config(
      "config",
      "set-credentials",
      "devk8s",
      `--client-certificate=${place.store("cert/client.crt")}`,
      `--client-key=${place.store("cert/client.key")}`,
    );
    await config(
      "config",
      "set-context",
      "devk8s",
      "--user=devk8s",
      "--cluster=devk8s",
    );
    await config("config", "use-context", "devk8s");
    expect(await config("get", "namespaces")).toContain("kube-system");
  });

  step(
    "has the documented names in its certificate, which is valid for 10,000 days",
    async () => {
      const certificate = place.store(
        "nodes/local/root/etc/kubernetes/pki/apiserver.crt",
      );
      const names = await place.output(
        "openssl",
        "x509",
        "-in",
        certificate,
        "-noout",
        "-ext",
        "subjectAltName",
      );
      expect(
        names
          .split("\n")[1]
          .split(",")
          .map((name) => name.trim())
          .sort(),
      ).toEqual([
        "DNS:kubernetes",
        "DNS:kubernetes.default",
        "DNS:kubernetes.default.svc",
        "DNS:kubernetes.default.svc.cluster",
        "DNS:kubernetes.default.svc.cluster.local",
        "IP Address:127.0.0.1",
      ]);
      const dates = await place.output(
        "openssl",
        "x509",
        "-in",
        certificate,
        "-noout",
        "-enddate",
      );
      const days = (Date.parse(dates.split("=")[1]) - Date.now()) / 86_400_000;
      expect(Math.round(days)).toBe(10_000);
      await place.output(
        "openssl",
        "verify",
        "-CAfile",
        place.store("pki/ca.crt"),
        certificate,
      );
    },
  );

  step(
    "accepts a pod once there is a service account, and keeps the pod pending",
    async () => {
      const create = () =>
        place.run(
          "sh",
          "-c",
          'printf %s "$1" | "$2" --kubeconfig "$3" create -f -',
          "sh",
          POD,
          place.path("bin/kubectl"),
          place.store("kubeconfigs/admin.conf"),
        );
      const refused = await create();
      expect(refused.stderr).toContain('serviceaccount "default" not found');
      await place.kubectl("create", "sa", "default");
      succeeded(await create());
      expect(
        await place.kubectl(
          "get",
          "pod",
          "nginx",
          "--output",
          "jsonpath={.status.phase}",
        ),
      ).toBe("Pending");
    },
  );

  step("issues tokens with the issuer api", async () => {
    const token = await place.kubectl("create", "token", "default");
    const claims = JSON.parse(
      Buffer.from(token.split(".")[1], "base64url").toString(),
    ) as { iss: string };
    expect(claims.iss).toBe("api");
  });

  step("serves its OpenAPI document through kubectl proxy", async () => {
    const port = 18_080;
    const proxy = spawn(
      place.path("bin/kubectl"),
      [
        "--kubeconfig",
        place.store("kubeconfigs/admin.conf"),
        "proxy",
        `--port=${port}`,
      ],
      { stdio: "ignore" },
    );
    try {
      let paths = 0;
      await until("an answer of kubectl proxy", 20, async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/openapi/v2`);
        const { swagger, paths: all } = (await answer.json()) as {
          swagger: string;
          paths: object;
        };
        paths = Object.keys(all).length;
        return swagger === "2.0";
      });
      expect(paths).toBeGreaterThan(100);
    } finally {
      proxy.kill();
    }
  });

  step(
    "stores its objects so that a client of etcd can read them",
    async () => {
      const keys = await place.output(
        place.path("bin/etcdctl"),
        "--endpoints",
        "http://127.0.0.1:2379",
        "get",
        "/registry/pods/",
        "--prefix",
        "--keys-only",
      );
      expect(keys.trim()).toBe("/registry/pods/default/nginx");
    },
  );

  step("changes nothing when it is deployed again", async () => {
    const before = place.pids();
    expect(await deploy()).toContain("local: no changes");
    expect(place.pids()).toEqual(before);
    const check = await place.controlPlane("check");
    expect(check).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("as it should be"),
    });
  });

  step(
    "restarts only the API server when one of its flags changes",
    async () => {
      const before = place.pids();
      place.change((main) =>
        main.replace(
          '"service-account-issuer": "api"',
          '"service-account-issuer": "api", "max-requests-inflight": "123"',
        ),
      );
      await deploy();
      const after = place.pids();
      expect(after.etcd).toBe(before.etcd);
      expect(after["kube-apiserver"]).not.toBe(before["kube-apiserver"]);
      expect(
        readFileSync(`/proc/${after["kube-apiserver"]}/cmdline`, "utf8"),
      ).toContain("--max-requests-inflight=123");
      place.restore();
      await deploy();
    },
  );

  step(
    "finds processes that were killed, and starts them again with their data",
    async () => {
      const before = place.pids();
      for (const pid of Object.values(before)) process.kill(pid, "SIGKILL");
      const check = await place.controlPlane("check");
      expect(check.exitCode).toBe(2);
      expect(check.stdout).toContain(
        "etcd and kube-apiserver are not running on this machine",
      );
      expect(await deploy()).toContain("1 node to repair: local");
      const after = place.pids();
      expect(Object.values(after)).not.toEqual(Object.values(before));
      expect(await place.kubectl("get", "pods", "--output", "name")).toBe(
        "pod/nginx\n",
      );
      expect(await deploy()).toContain("no changes");
    },
  );

  step("restarts an API server that was built again", async () => {
    const before = place.pids();
    place.bring("kube-apiserver", true);
    const check = await place.controlPlane("check");
    expect(check.stdout).toContain(
      "kube-apiserver was started with other files than are there now",
    );
    await deploy();
    const after = place.pids();
    expect(after.etcd).toBe(before.etcd);
    expect(after["kube-apiserver"]).not.toBe(before["kube-apiserver"]);
  });

  step("continues after all processes of a deploy were killed", async () => {
    const before = place.pids();
    for (const pid of Object.values(before)) process.kill(pid, "SIGKILL");
    await place.controlPlane("check");
    const group = place.begin("deploy");
    const started = (): number[] =>
      readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => {
          try {
            return readFileSync(`/proc/${pid}/environ`, "utf8").includes(
              `CONTROL_PLANE_PROCESS=${place.store("processes")}`,
            );
          } catch {
            return false;
          }
        });
    await until("something started", 60, () =>
      Promise.resolve(started().length > 0),
    );
    for (const pid of await agentsBelow(group)) kill(pid);
    expect(started().length).toBeGreaterThan(0);
    succeeded(await place.controlPlane("deploy"));
    expect(started().sort()).toEqual(Object.values(place.pids()).sort());
    expect(await namespaces()).toEqual(NAMESPACES);
  });

  step(
    "starts a controller manager when it is added, and leaves the other processes running",
    async () => {
      const before = place.pids();
      place.change((main) =>
        main.replace(
          "apiServer:",
          "controllerManager: {}, scheduler: {}, apiServer:",
        ),
      );
      await deploy();
      expect(place.pids()).toEqual(before);
      await place.kubectl("create", "namespace", "managed");
      await until(
        "a service account that nobody made by hand",
        30,
        async () => {
          await place.kubectl("get", "sa", "default", "--namespace", "managed");
          return true;
        },
      );
      const more = place.pids(["kube-controller-manager", "kube-scheduler"]);
      place.restore();
      expect(await deploy()).toContain("kube-scheduler: ended");
      for (const pid of Object.values(more)) expect(isAlive(pid)).toBe(false);
      expect(place.pids()).toEqual(before);
    },
  );

  step(
    "runs beside another cluster on other ports, with TLS for etcd",
    async () => {
      const before = place.pids();
      place.change((main) =>
        main.replace(
          "app.synth();",
          `new LocalControlPlane(stack, "second", {
           clusterName: "second", kubernetesVersion: "1.35.4", binaryDirectory: "bin", port: 7443,
           etcd: { clientPort: 3379, peerPort: 3380, metricsPort: 3381, tls: true },
           controllerManager: { port: 7257 },
         }).addUser("jane", { clusterRoles: ["view"] });
         app.synth();`,
        ),
      );
      await deploy();
      expect(place.pids()).toEqual(before);
      const asJane = (...words: string[]) =>
        place.run(
          place.path("bin/kubectl"),

          "--kubeconfig",
          place.path("clusters/second/kubeconfigs/jane.conf"),
          ...words,
        );
      // The controller manager aggregates the rules of the role `view`.
      await until("a right of jane's", 30, async () => {
        const { stdout } = await asJane("auth", "can-i", "list", "pods");
        return stdout === "yes\n";
      });
      expect((await asJane("auth", "can-i", "create", "pods")).stdout).toBe(
        "no\n",
      );
      const second = place.pids(["etcd", "kube-apiserver"], "second");
      place.restore();
      // Terraform runs no teardown for a cluster that is no longer in the program; the command line says how to remove it.
      const { stdout, stderr } = await place.controlPlane("deploy");
      expect(stdout + stderr).toContain(
        "cdktf-control-plane teardown clusters/second",
      );
      succeeded(await place.controlPlane("teardown", "clusters/second"));
      for (const pid of Object.values(second)) expect(isAlive(pid)).toBe(false);
      expect(place.pids()).toEqual(before);
    },
  );

  step(
    "leaves no process and no open port when it is destroyed, and keeps the data",
    async () => {
      const before = place.pids();
      succeeded(await place.controlPlane("destroy"));
      for (const pid of Object.values(before)) expect(isAlive(pid)).toBe(false);
      for (const port of [6443, 2379, 2380, 2381])
        expect(await isFree(port)).toBe(true);
      expect(
        readdirSync(place.store()).filter((name) => !name.startsWith(".")),
      ).toEqual(["pki", "processes"]);
      expect(existsSync(place.store("processes/etcd/member"))).toBe(true);
    },
  );

  step(
    "fails before it starts anything when another process has its port, and names that process",
    async () => {
      // It closes each connection, because an open connection would prevent it from closing.
      const other = createServer((socket) => socket.destroy());
      await new Promise<void>((done) => other.listen(6443, "127.0.0.1", done));
      try {
        const { exitCode, stdout, stderr } = await place.controlPlane("deploy");
        expect(exitCode).toBe(1);
        // If the tests run as root, the process belongs to another user.
        expect(stdout + stderr).toMatch(
          /Port 6443, on which kube-apiserver should listen, is used by (process \d+ \(.*node\)|a process of another user)\./,
        );
        expect(await isFree(2379)).toBe(true);
      } finally {
        await new Promise((done) => other.close(done));
      }
    },
  );

  step(
    "fails when a flag does not exist, with the API server's error",
    async () => {
      place.change((main) =>
        main
          .replace('"service-account-issuer": "api"', '"no-such-flag": "1"')
          // Synthesis would refuse it before anything starts.
          .replace("apiServer:", "allowUnknownFlags: true, apiServer:"),
      );
      const { exitCode, stdout, stderr } = await place.controlPlane("deploy");
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain("unknown flag: --no-such-flag");
      const [, ended] = /kube-apiserver ended ([\d.]+) s after/.exec(
        stdout + stderr,
      )!;
      say(`it ended after ${ended} s`);
      place.restore();
    },
  );

  step("has its previous data after it is deployed again", async () => {
    const start = Date.now();
    await deploy();
    say(`deployed again in ${seconds(start)}`);
    expect(await place.kubectl("get", "pods", "--output", "name")).toBe(
      "pod/nginx\n",
    );
  });
});

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The process has just ended.
  }
};

/** A process and its descendants, except those in separate sessions, which are meant to outlive it. */
async function agentsBelow(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) =>
    /^\d+$/.test(each),
  )) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const environment = readFileSync(`/proc/${name}/environ`, "utf8");
      if (environment.includes("CONTROL_PLANE_PROCESS=")) continue;
      parents.set(Number(name), Number(stat.split(") ")[1].split(" ")[1]));
    } catch {
      // The process has just ended.
    }
  }
  const found = [root];
  for (const pid of found)
    for (const [child, parent] of parents)
      if (parent === pid && !found.includes(child)) found.push(child);
  return found;
}
