import { X509Certificate } from "node:crypto";
import type { HostFile } from "../../../lib/agent/hosts/host";
import { generateKey, privatePem } from "../../../lib/pki/keys";
import {
  ETCD_MANIFEST,
  ETCD_UNIT,
  type Joining,
  KUBELET_KUBECONFIG,
  type Present,
} from "../../../lib/agent/rollout/present";
import { wantedFiles } from "../../../lib/agent/rollout/wanted";
import { issueAuthority, issueCertificate } from "../../../lib/pki/x509";
import { AgentError } from "../../../lib/base/errors";
import { fromYaml } from "../../../lib/base/yaml";
import { toYaml } from "../../../lib/render/yaml";
import { authoritySpec, certificateSpec } from "../support/artefacts";

const CERTIFICATE = "/etc/kubernetes/pki/apiserver.crt";
const OTHER = "/etc/kubernetes/pki/front-proxy-ca.crt";
const API_SERVER = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const NOTHING: Present = {
  hasEtcdData: false,
  kept: [],
  now: Date.now(),
};

test.each([
  ["is not YAML", API_SERVER, "a: ["],
  ["is empty", API_SERVER, ""],
  ["has no containers", ETCD_MANIFEST, "metadata: {name: a}\nspec: {}\n"],
  [
    "has a list as its command",
    API_SERVER,
    "metadata: {name: a}\nspec: {containers: [{command: [1]}]}\n",
  ],
  ["has lists that are texts", KUBELET_KUBECONFIG, "users: a\n"],
])("fails when a file of the tree in the store %s", (_, path, text) => {
  const present = { ...NOTHING, kubeletKubeconfig: Buffer.from("users: []\n") };
  const want = () => wantedFiles([file(path, text)], present);
  expect(want).toThrow(AgentError);
  expect(want).toThrow(
    `${path} in the node's tree in the store cannot be used: `,
  );
});

describe("a static pod on a host", () => {
  const tree = [
    file(API_SERVER, pod("kube-apiserver", `--tls-cert-file=${CERTIFICATE}`)),
    file(CERTIFICATE, "one"),
    file(OTHER, "other"),
  ];

  test("changes if a file that its command names changes", () => {
    const renewed = tree.map((each) =>
      each.path === CERTIFICATE ? file(CERTIFICATE, "two") : each,
    );
    expect(manifestOf(renewed)).not.toEqual(manifestOf(tree));
  });

  test("stays the same if a file changes that it does not read", () => {
    const renewed = tree.map((each) =>
      each.path === OTHER ? file(OTHER, "two") : each,
    );
    expect(manifestOf(renewed)).toEqual(manifestOf(tree));
  });

  test("changes if a file that it reads was edited on the host, and stays changed after the repair", () => {
    const before = manifestOf(tree);
    const edited = on(before, [CERTIFICATE]);
    expect(edited).not.toEqual(before);
    expect(on(edited, [])).toEqual(edited);
    expect(on(edited, [CERTIFICATE], tree, "again")).not.toEqual(edited);
  });

  test("stays the same if a file was edited on the host that it does not read", () => {
    const before = manifestOf(tree);
    expect(on(before, [OTHER])).toEqual(before);
  });

  test("changes if its own manifest was edited, whether kubelet saw it or not", () => {
    const before = manifestOf(tree);
    const edited = { ...before, metadata: { name: "edited" } };
    expect(on(edited, [API_SERVER])).not.toEqual(before);
    expect(on(edited, [])).toEqual(before);
  });

  test("forgets the repair with the next change", () => {
    const edited = on(manifestOf(tree), [CERTIFICATE]);
    const renewed = tree.map((each) =>
      each.path === CERTIFICATE ? file(CERTIFICATE, "two") : each,
    );
    expect(on(edited, [CERTIFICATE], renewed)).toEqual(manifestOf(renewed));
  });

  test("differs from the tree only by the fingerprint", () => {
    const { metadata, ...rest } = manifestOf(tree);
    expect(rest).toEqual({ spec: podOf(tree[0]).spec });
    expect(metadata).toEqual({
      name: "kube-apiserver",
      annotations: {
        "cdktf-control-plane/files": expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  function manifestOf(
    files: readonly HostFile[],
    present: Present = NOTHING,
  ): Pod {
    return podOf(
      wantedFiles(files, present).find(({ path }) => path === API_SERVER)!,
    );
  }

  /** The state of a host with this manifest, and with edited files at these paths. */
  function on(
    manifest: Pod,
    edited: readonly string[],
    files = tree,
    repair = "a repair",
  ): Pod {
    const starts = new Map([[API_SERVER, Buffer.from(toYaml(manifest))]]);
    return manifestOf(files, {
      ...NOTHING,
      startFiles: starts,
      repair,
      edited: new Set(edited),
    });
  }
});

describe("etcd on a host", () => {
  const initial = ["--initial-cluster=cp-1=https://10.0.0.1:2380"];
  const grown = `${initial[0]},cp-2=https://10.0.0.2:2380`;
  const tree = [
    file(ETCD_MANIFEST, pod("etcd", "--name=cp-1", grown, "--b=1")),
  ];

  test("starts with the members that the tree names", () => {
    expect(commandOf(NOTHING)).toEqual(["etcd", "--name=cp-1", grown, "--b=1"]);
  });

  test("keeps the flags of its first start once it has data, so that new members do not restart it", () => {
    expect(commandOf(begun(pod("etcd", "--name=cp-1", ...initial)))).toEqual([
      "etcd",
      "--name=cp-1",
      ...initial,
      "--b=1",
    ]);
  });

  test("takes the flags of the tree if somebody broke the manifest", () => {
    expect(commandOf(begun("spec: ["))).toContain(grown);
  });

  test("joins the members that are there", () => {
    expect(commandOf(NOTHING, { initialCluster: "a=x,cp-1=y" })).toEqual([
      "etcd",
      "--name=cp-1",
      "--initial-cluster=a=x,cp-1=y",
      "--initial-cluster-state=existing",
      "--b=1",
    ]);
  });

  const begun = (manifest: string): Present => ({
    ...NOTHING,
    hasEtcdData: true,
    startFiles: new Map([[ETCD_MANIFEST, Buffer.from(manifest)]]),
  });

  function commandOf(present: Present, joining?: Joining): readonly string[] {
    const [manifest] = wantedFiles(tree, present, joining);
    return podOf(manifest).spec.containers[0].command;
  }
});

describe("etcd as a unit", () => {
  const unit = (...flags: readonly string[]) =>
    `[Service]\nExecStart=/bin/etcd \\\n  --a=1 \\\n  ${flags.join(" \\\n  ")} \\\n  --name=cp-1\nRestart=always\n`;
  const initial = "--initial-cluster=cp-1=https://10.0.0.1:2380";
  const grown = `"--initial-cluster=cp-1=https://10.0.0.1:2380,cp-2=https://[fd00::2]:2380"`;
  const tree = [file(ETCD_UNIT, unit(grown))];

  test("starts with the members that the tree names", () => {
    expect(textOf(NOTHING)).toBe(unit(grown));
  });

  test("keeps the flags of its first start once it has data", () => {
    const existing = "--initial-cluster-state=existing";
    expect(textOf(begun(unit(initial, existing)))).toBe(
      unit(initial, existing),
    );
    expect(textOf(begun(unit(initial)))).toBe(unit(initial));
  });

  test("takes the flags of the tree if somebody broke the unit", () => {
    expect(textOf(begun("ExecStart"))).toBe(unit(grown));
  });

  test("joins the members that are there", () => {
    expect(textOf(NOTHING, { initialCluster: "a=https://[fd00::1]:1" })).toBe(
      unit(
        '"--initial-cluster=a=https://[fd00::1]:1"',
        "--initial-cluster-state=existing",
      ),
    );
  });

  const begun = (text: string): Present => ({
    ...NOTHING,
    hasEtcdData: true,
    startFiles: new Map([[ETCD_UNIT, Buffer.from(text)]]),
  });

  const textOf = (present: Present, joining?: Joining): string =>
    wantedFiles(tree, present, joining)[0].content.toString();
});

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

interface Pod {
  readonly metadata: object;
  readonly spec: {
    readonly containers: readonly { readonly command: readonly string[] }[];
  };
}

const podOf = ({ content }: HostFile): Pod =>
  fromYaml(content.toString()) as Pod;

function pod(name: string, ...flags: readonly string[]): string {
  const containers = [{ command: [name, ...flags] }];
  return toYaml({ metadata: { name }, spec: { containers } });
}

function file(path: string, text: string): HostFile {
  return { path, content: Buffer.from(text), mode: 0o600, owner: "root:root" };
}

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
