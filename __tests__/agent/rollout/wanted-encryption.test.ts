import type { HostFile } from "../../../lib/agent/hosts/host";
import { unitsOf } from "../../../lib/agent/rollout/units";
import { wantedFiles, withFiles } from "../../../lib/agent/rollout/wanted";
import { file, NOTHING, pod } from "./support/wanted";

const CONFIGURATION = "/etc/kubernetes/encryption/configuration.yaml";
const CERTIFICATE = "/etc/kubernetes/pki/apiserver.crt";
const MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const UNIT = "/etc/systemd/system/kube-apiserver.service";
const FLAGS = [
  `--encryption-provider-config=${CONFIGURATION}`,
  `--tls-cert-file=${CERTIFICATE}`,
];
const RELOADS = "--encryption-provider-config-automatic-reload=true";

const tree = (flags: readonly string[]): HostFile[] => [
  file(MANIFEST, pod("kube-apiserver", ...flags)),
  file(CONFIGURATION, "final"),
  file(CERTIFICATE, "a certificate"),
];

const wanted = (flags: readonly string[], configuration?: string) => {
  const others =
    configuration === undefined
      ? []
      : [{ path: CONFIGURATION, content: Buffer.from(configuration) }];
  const files = wantedFiles(withFiles(tree(flags), others), NOTHING);
  return Object.fromEntries(
    files.map(({ path, content }) => [path, content.toString()]),
  );
};

test("a host has the configuration whose turn it is instead of the tree's", () => {
  expect(wanted(FLAGS, "staged")[CONFIGURATION]).toBe("staged");
  expect(wanted(FLAGS)[CONFIGURATION]).toBe("final");
});

test("another configuration does not restart an API server that reads it while it runs", () => {
  const flags = [...FLAGS, RELOADS];
  expect(wanted(flags, "staged")[MANIFEST]).toBe(wanted(flags)[MANIFEST]);
});

test("another configuration restarts an API server that reads it only when it starts", () => {
  expect(wanted(FLAGS, "staged")[MANIFEST]).not.toBe(wanted(FLAGS)[MANIFEST]);
});

test.each([
  ["when it starts", FLAGS, [CONFIGURATION, CERTIFICATE]],
  ["while it runs", [...FLAGS, RELOADS], [CERTIFICATE]],
])(
  "a unit that reads it %s is started again for these files",
  (_, flags, read) => {
    const unit = file(
      UNIT,
      `[Service]\nExecStart=/usr/local/bin/kube-apiserver \\\n  ${flags.join(" \\\n  ")}\n`,
    );
    const [found] = unitsOf(
      [
        {
          name: "kube-apiserver",
          unit: "kube-apiserver.service",
          ports: [6443],
          timeout: 60,
        },
      ],
      [unit, ...tree(flags).slice(1)],
    );
    expect(found.read.map(({ path }) => path)).toEqual(read);
  },
);
