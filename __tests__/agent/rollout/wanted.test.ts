import type { HostFile } from "../../../lib/agent/hosts/host";
import {
  ETCD_MANIFEST,
  KUBELET_KUBECONFIG,
  type Present,
} from "../../../lib/agent/rollout/present";
import { wantedFiles } from "../../../lib/agent/rollout/wanted";
import { AgentError } from "../../../lib/base/errors";
import { toYaml } from "../../../lib/render/yaml";
import { file, NOTHING, type Pod, pod, podOf } from "./support/wanted";

const CERTIFICATE = "/etc/kubernetes/pki/apiserver.crt";
const OTHER = "/etc/kubernetes/pki/front-proxy-ca.crt";
const API_SERVER = "/etc/kubernetes/manifests/kube-apiserver.yaml";

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
