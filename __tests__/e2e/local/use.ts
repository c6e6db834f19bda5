import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { say, seconds, until } from "../say";
import { step } from "../steps";
import { NAMESPACES, type Place, succeeded } from "./place";
import { KUBERNETES } from "../binaries";

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

/** The steps that use a local control plane, from the first deploy on. */
export function useSteps(place: Place): void {
  step("answers kubectl as soon as the deploy has ended", async () => {
    const start = Date.now();
    const said = await place.deploy();
    const first = await place.namespaces();
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
      return (await place.namespaces()).join() === NAMESPACES.join();
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
    expect(JSON.parse(version)).toMatchObject({ gitVersion: KUBERNETES.text });
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
}
