import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { NODE_STATE_DIR } from "../../../lib/catalog/paths";
import { resetHost } from "../../../lib/agent/rollout/reset-host";
import { asRoot } from "../hosts/support/place";
import { localHost } from "../preflight/local-host";

/** This machine without its own `/etc` and `/var/lib`: a folder below the root stands for `/srv` and the like. */
asRoot("a host that is no node any more", () => {
  const top = mkdtempSync("/reset-");
  const file = join(top, "k8s/ssl/ca.crt");
  const host = localHost("cp-1", {
    prefix: [
      ...["unshare", "--mount", "sh", "-c"],
      `mount -t tmpfs none /etc && mount -t tmpfs none /var/lib && mkdir ${NODE_STATE_DIR} &&
       echo "$0" >${NODE_STATE_DIR}/delivered && exec "$@"`,
      file,
    ],
  });

  afterAll(() => rmSync(top, { recursive: true, force: true }));

  test("loses what was brought there with the folders of that, but none directly below the root", async () => {
    mkdirSync(join(top, "k8s/ssl"), { recursive: true });
    writeFileSync(file, "");
    await resetHost(host, { criSocket: "", components: [] }, undefined);
    expect(existsSync(join(top, "k8s"))).toBe(false);
    expect(existsSync(top)).toBe(true);
  });
});
