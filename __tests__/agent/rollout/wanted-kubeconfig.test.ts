import { X509Certificate } from "node:crypto";
import {
  KUBELET_KUBECONFIG,
  type Present,
} from "../../../lib/agent/rollout/present";
import { wantedFiles } from "../../../lib/agent/rollout/wanted";
import { fromYaml } from "../../../lib/base/yaml";
import { generateKey, privatePem } from "../../../lib/pki/keys";
import { issueAuthority, issueCertificate } from "../../../lib/pki/x509";
import { toYaml } from "../../../lib/render/yaml";
import { authoritySpec, certificateSpec } from "../support/artefacts";
import { file, NOTHING } from "./support/wanted";

describe("kubelet's kubeconfig on a host", () => {
  test("comes from the tree if the host has none", async () => {
    const { ours } = await credentials();
    expect(wantedOf(ours, NOTHING)).toBe(ours);
  });

  test("stays the same, byte for byte, if kubelet renewed its credentials", async () => {
    const { ours, ca } = await credentials();
    const theirs = await kubeconfig(ca, "https://10.0.0.1:6443");
    const text = `# kubelet was here\n${theirs}`;
    expect(wantedOf(ours, present(text))).toBe(text);
  });

  test("keeps the credentials and takes another server from the tree", async () => {
    const { ours, ca } = await credentials();
    const theirs = await kubeconfig(ca, "https://10.9.9.9:6443");
    expect(fromYaml(wantedOf(ours, present(theirs)))).toEqual({
      ...(fromYaml(ours) as object),
      users: (fromYaml(theirs) as { users: unknown }).users,
    });
  });

  test("counts the certificate file that kubelet renews if the one in the kubeconfig has expired", async () => {
    const { ours, ca } = await credentials();
    const ended = await kubeconfig(ca, "https://10.0.0.1:6443", LONG_AGO);
    expect(wantedOf(ours, present(ended))).toBe(ours);
    const kubeletCertificate = await clientOf(ca);
    expect(wantedOf(ours, { ...present(ended), kubeletCertificate })).toBe(
      ended,
    );
  });

  test("comes from the tree if the credentials belong to another cluster", async () => {
    const { ours } = await credentials();
    const { ca } = await credentials();
    const theirs = await kubeconfig(ca, "https://10.0.0.1:6443");
    expect(wantedOf(ours, present(theirs))).toBe(ours);
  });

  test.each(["", "AAAA"])(
    "comes from the tree if the tree's CA cannot be read: %j",
    async (data) => {
      const { ours, ca } = await credentials();
      const text = toYaml({
        ...(fromYaml(ours) as object),
        clusters: [
          { name: "a", cluster: { "certificate-authority-data": data } },
        ],
      });
      const theirs = await kubeconfig(ca, "https://10.0.0.1:6443");
      expect(wantedOf(text, present(theirs))).toBe(text);
    },
  );

  const present = (text: string): Present => ({
    ...NOTHING,
    kubeletKubeconfig: Buffer.from(text),
  });

  function wantedOf(ours: string, found: Present): string {
    const [wanted] = wantedFiles([file(KUBELET_KUBECONFIG, ours)], found);
    return wanted.content.toString();
  }
});

interface Authority {
  readonly certificate: string;
  readonly issuer: Parameters<typeof issueCertificate>[2];
}

const LONG_AGO = new Date("2020-01-01T00:00:00Z");

async function credentials(): Promise<{ ours: string; ca: Authority }> {
  const key = await generateKey("ECDSA-P256");
  const pem = await issueAuthority(authoritySpec(), key, LONG_AGO);
  const issuer = { certificate: new X509Certificate(pem), key };
  const ca = { certificate: pem, issuer };
  return { ours: await kubeconfig(ca, "https://10.0.0.1:6443"), ca };
}

async function clientOf({ issuer }: Authority, now = new Date()) {
  const key = await generateKey("ECDSA-P256");
  const pem = await issueCertificate(certificateSpec(), key, issuer, now);
  return Buffer.from(`${pem}${privatePem(key)}`);
}

async function kubeconfig(ca: Authority, server: string, now?: Date) {
  const base64 = (text: Buffer | string) =>
    Buffer.from(text).toString("base64");
  const data = base64(await clientOf(ca, now));
  return toYaml({
    clusters: [
      {
        name: "demo",
        cluster: {
          "certificate-authority-data": base64(ca.certificate),
          server,
        },
      },
    ],
    users: [{ name: "me", user: { "client-certificate-data": data } }],
  });
}
