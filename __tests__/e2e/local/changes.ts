import { readFileSync } from "node:fs";
import { until } from "../say";
import { step } from "../steps";
import { NAMESPACES, type Place, succeeded } from "./place";
import { agentsBelow, isAlive, kill, processesOf } from "./processes";
import { KUBERNETES } from "../binaries";

/** The steps that change a local control plane, and deploy it again. */
export function changeSteps(place: Place): void {
  step("changes nothing when it is deployed again", async () => {
    const before = place.pids();
    expect(await place.deploy()).toContain("local: no changes");
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
      await place.deploy();
      const after = place.pids();
      expect(after.etcd).toBe(before.etcd);
      expect(after["kube-apiserver"]).not.toBe(before["kube-apiserver"]);
      expect(
        readFileSync(`/proc/${after["kube-apiserver"]}/cmdline`, "utf8"),
      ).toContain("--max-requests-inflight=123");
      place.restore();
      await place.deploy();
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
      expect(await place.deploy()).toContain("1 node to repair: local");
      const after = place.pids();
      expect(Object.values(after)).not.toEqual(Object.values(before));
      expect(await place.kubectl("get", "pods", "--output", "name")).toBe(
        "pod/nginx\n",
      );
      expect(await place.deploy()).toContain("no changes");
    },
  );

  step("restarts an API server that was built again", async () => {
    const before = place.pids();
    place.bring("kube-apiserver", true);
    const check = await place.controlPlane("check");
    expect(check.stdout).toContain(
      "kube-apiserver was started with other files than are there now",
    );
    await place.deploy();
    const after = place.pids();
    expect(after.etcd).toBe(before.etcd);
    expect(after["kube-apiserver"]).not.toBe(before["kube-apiserver"]);
  });

  step("continues after all processes of a deploy were killed", async () => {
    const before = place.pids();
    for (const pid of Object.values(before)) process.kill(pid, "SIGKILL");
    await place.controlPlane("check");
    const group = place.begin("deploy");
    const started = () => processesOf(place.store("processes"));
    await until("something started", 60, () =>
      Promise.resolve(started().length > 0),
    );
    for (const pid of await agentsBelow(group)) kill(pid);
    expect(started().length).toBeGreaterThan(0);
    await place.deploy();
    expect(started().sort()).toEqual(Object.values(place.pids()).sort());
    expect(await place.namespaces()).toEqual(NAMESPACES);
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
      await place.deploy();
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
      expect(await place.deploy()).toContain("kube-scheduler: ended");
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
           clusterName: "second", kubernetesVersion: "${KUBERNETES.text}", binaryDirectory: "bin", port: 7443,
           etcd: { clientPort: 3379, peerPort: 3380, metricsPort: 3381, tls: true },
           controllerManager: { port: 7257 },
         }).addUser("jane", { clusterRoles: ["view"] });
         app.synth();`,
        ),
      );
      await place.deploy();
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
}
