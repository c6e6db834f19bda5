import { applyObjects } from "../../../lib/agent/cluster/objects";
import { mintJoin, revoke } from "../../../lib/agent/cluster/tokens";
import { say, seconds, until } from "../say";
import { step } from "../steps";
import type { ApiLab } from "./lab";

/** The steps with bootstrap tokens. */
export function tokenSteps(lab: ApiLab): void {
  step("lets a node join while its token exists", async () => {
    const start = Date.now();
    const { kubeconfig, tokenId } = await mintJoin(lab.api, {
      caPem: lab.text(lab.node("/etc/kubernetes/pki/ca.crt")),
      server: "https://10.0.0.11:6443",
      ttlSeconds: 600,
      description: "for the kubelet of worker",
    });
    say(`a token accepted in ${seconds(start)}`);
    const whoami = () =>
      lab.machine.run(
        [
          "sh",
          "-c",
          'cat >/var/join.conf; exec "$@"',
          "sh",
          "kubectl",
          "--kubeconfig",
          "/var/join.conf",
          "auth",
          "whoami",
          "--output",
          "json",
        ],
        { input: kubeconfig },
      );
    expect(JSON.parse(await whoami())).toMatchObject({
      status: {
        userInfo: {
          username: `system:bootstrap:${tokenId}`,
          groups: expect.arrayContaining([
            "system:bootstrappers:kubeadm:default-node-token",
          ]) as string[],
        },
      },
    });
    await revoke(lab.api, tokenId);
    await revoke(lab.api, tokenId);
    await until("refused", 30, () =>
      whoami().then(
        () => false,
        (error) => /Unauthorized/.test(String(error)),
      ),
    );
  });

  step("has expired tokens removed, and does not make them again", async () => {
    const object = {
      apiVersion: "v1",
      kind: "Secret",
      type: "bootstrap.kubernetes.io/token",
      metadata: {
        generateName: "bootstrap-token-",
        namespace: "kube-system",
        annotations: { ttl: "1s" },
      },
      stringData: { "usage-bootstrap-authentication": "true" },
    };
    const files = [{ file: "objects/token.yaml", objects: [object, object] }];
    const made = await applyObjects(lab.api, files, undefined, say);
    const ids = Object.values(made.tokens);
    expect(new Set(ids).size).toBe(2);
    const secrets = () =>
      lab.api.list(
        { apiVersion: "v1", kind: "Secret" },
        { namespace: "kube-system" },
      );
    const present = async () =>
      (await secrets()).filter(({ metadata }) =>
        ids.some((id) => metadata.name.endsWith(id)),
      ).length;
    await until("cleaned", 60, async () => (await present()) === 0);
    expect(await applyObjects(lab.api, files, made, say)).toEqual(made);
    expect(await present()).toBe(0);
  });
}
