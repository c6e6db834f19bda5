import { Server } from "../../lib/agent/cluster/https";
import type { Tls } from "../../lib/agent/cluster/tls";
import { step } from "./steps";
import { etcdSteps } from "./api/etcd";
import { ApiLab } from "./api/lab";
import { nodeSteps } from "./api/nodes";
import { objectSteps } from "./api/objects";
import { tokenSteps } from "./api/tokens";
import { KUBERNETES } from "./binaries";

describe("etcd and the Kubernetes API, as a rollout uses them", () => {
  const lab = new ApiLab();
  afterAll(() => lab.end());

  step("starts a cluster of one node", async () => {
    await lab.start();
    const { api, cluster } = lab;
    expect(await api.ready()).toBe(false);
    await cluster.ready();
    expect(await api.ready()).toBe(true);
    expect(await api.version()).toBe(KUBERNETES.text);
  });

  step(
    "sends requests to the host's loopback address, with and without verification",
    async () => {
      const ask = (port: number, path: string, tls?: Tls) => {
        const { host } = lab;
        const address = "127.0.0.1";
        const props = { title: `Port ${port}`, host, address, port, tls };
        return new Server(props).request({ method: "GET", path });
      };
      expect(await ask(10257, "/healthz", {})).toBe("ok");
      expect(await ask(2381, "/health")).toContain("true");
      const ca = lab.text(lab.node("/etc/kubernetes/pki/ca.crt"));
      const readyz = (name: string) =>
        ask(6443, "/readyz", { trust: { ca, name } });
      expect(await readyz("kubernetes.default.svc")).toBe("ok");
      expect(await readyz("10.0.0.11")).toBe("ok");
      for (const name of ["10.0.0.12", "example.org"])
        await expect(readyz(name)).rejects.toThrow(
          /^Port 6443 is not trusted: .* does not match/,
        );
      const etcdCa = lab.text(lab.node("/etc/kubernetes/pki/etcd/ca.crt"));
      await expect(
        ask(6443, "/readyz", { trust: { ca: etcdCa, name: "10.0.0.11" } }),
      ).rejects.toThrow("is not trusted");
      await expect(ask(1, "/")).rejects.toThrow("Port 1 does not answer: ");
    },
  );

  describe("etcd", () => etcdSteps(lab));

  describe("objects", () => objectSteps(lab));

  describe("nodes", () => nodeSteps(lab));

  describe("tokens", () => tokenSteps(lab));
});
