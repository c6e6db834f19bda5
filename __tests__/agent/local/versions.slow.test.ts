import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkVersions } from "../../../lib/agent/local/versions";
import { parseKubernetesVersion } from "../../../lib/catalog/versions";

const WANTED = parseKubernetesVersion("1.36.3")!;

describe("programs are asked", () => {
  const folder = mkdtempSync(join(tmpdir(), "programs-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const process = (name: string, script: string) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { name, command: [`./${name}`], directory: folder };
  };

  test("and what they print decides, for all of them at once", async () => {
    const processes = [
      process("etcd", 'echo "etcd Version: 3.4.1"; echo "Git SHA: x"'),
      process("kube-apiserver", 'echo "Kubernetes v1.35.4"'),
      process("kube-scheduler", 'echo "Kubernetes v1.36.3"'),
    ];
    const refused = checkVersions(processes, WANTED);
    await expect(refused).rejects.toThrow(
      `etcd is 3.4.1 (${folder}/etcd), but Kubernetes v1.36.3 comes with etcd 3.6.8.\nkube-apiserver is v1.35.4 (${folder}/kube-apiserver), but kubernetesVersion is v1.36.3.\n`,
    );
    await expect(refused).rejects.toThrow(
      /release\/v1\.36\.3\/.*binaryDirectory, or change kubernetesVersion\. Nothing was started or stopped\.$/s,
    );
  });

  test("and one that fails or prints something else is used", async () => {
    const processes = [
      process("etcd", "exit 1"),
      process("kube-apiserver", "echo hello >&2"),
    ];
    expect(await checkVersions(processes, WANTED)).toEqual([
      expect.stringContaining("etcd: "),
      expect.stringContaining("kube-apiserver: "),
    ]);
  });

  test("fails when one is missing", () =>
    expect(
      checkVersions(
        [{ name: "etcd", command: ["./none"], directory: folder }],
        WANTED,
      ),
    ).rejects.toThrow("etcd is not in"));
});
