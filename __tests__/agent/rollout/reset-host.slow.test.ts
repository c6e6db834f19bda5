import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NODE_STATE_DIR } from "../../../lib/catalog/paths";
import { resetHost } from "../../../lib/agent/rollout/reset-host";
import type { ComponentRequest } from "../../../lib/request/request";
import { localHost, unshared } from "../preflight/local-host";

/** This machine with another `/etc` and `/var/lib`; a folder below the root stands for `/srv` and the like. */
describe("resetting a host that is no longer a node", () => {
  const top = mkdtempSync("/reset-");
  const file = join(top, "k8s/ssl/ca.crt");
  const host = localHost("cp-1", {
    prefix: unshared(
      `mount -t tmpfs -o mode=755 none /etc && mount -t tmpfs -o mode=755 none /var/lib && mkdir ${NODE_STATE_DIR} &&
       echo "$0" >${NODE_STATE_DIR}/delivered && exec "$@"`,
      file,
    ),
  });

  afterAll(() => rmSync(top, { recursive: true, force: true }));

  test("removes delivered files and their folders, but no folder directly below the root", async () => {
    mkdirSync(join(top, "k8s/ssl"), { recursive: true });
    writeFileSync(file, "");
    const node = { criSocket: "", components: [] };
    expect(await resetHost(host, node, undefined)).toBe(true);
    expect(existsSync(join(top, "k8s"))).toBe(false);
    expect(existsSync(top)).toBe(true);
  });
});

describe("resetting a host to which nothing was ever delivered", () => {
  const folder = mkdtempSync(join(tmpdir(), "reset-"));
  const kubelet: ComponentRequest = {
    name: "kubelet",
    unit: "kubelet.service",
    ports: [],
    timeout: 60,
  };
  const host = localHost("cp-1", {
    prefix: unshared(
      `for top in /etc /run /var/lib; do mount -t tmpfs -o mode=755 none $top || exit 1; done
       mkdir -p /var/lib/kubelet/pods ${NODE_STATE_DIR}/binaries
       echo 'echo "$@" >>'"$0/systemctl" >/run/systemctl && chmod +x /run/systemctl
       PATH=/run:$PATH "$@"
       code=$?
       ls -d /var/lib/kubelet/pods ${NODE_STATE_DIR} >"$0/left" 2>/dev/null
       exit $code`,
      folder,
      ["--mount", "--net"],
    ),
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("keeps its kubelet, which may belong to another cluster, and removes staged binaries", async () => {
    const node = { criSocket: "", components: [kubelet] };
    expect(await resetHost(host, node, undefined)).toBe(false);
    expect(readFileSync(join(folder, "left"), "utf8")).toBe(
      "/var/lib/kubelet/pods\n",
    );
    expect(existsSync(join(folder, "systemctl"))).toBe(false);
  });
});
