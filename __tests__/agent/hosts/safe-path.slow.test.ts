import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHost } from "../../../lib/agent/hosts/delivery";
import SAFE_PATH from "../../../lib/agent/hosts/scripts/safe-path.sh";
import { NODE_STATE_DIR } from "../../../lib/catalog/paths";
import { localHost } from "../preflight/local-host";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "safe-path-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string): string => join(root, path);
const folder = (path: string, mode = 0o755, owner = 0): void => {
  mkdirSync(at(path), { recursive: true });
  chmodSync(at(path), mode);
  chownSync(at(path), owner, 0);
};

/** The flaw that a shell reports for a path; an empty text if the path is safe. */
const flawOf = (path: string, shell = ["sh"], check = 'is_safe "$1"'): string =>
  execFileSync(shell[0], [
    ...shell.slice(1),
    "-c",
    `${SAFE_PATH}\nroot=$2\n{ ${check} || echo "$flaw"; } 2>&1`,
    "sh",
    path,
    root,
  ])
    .toString()
    .trim()
    .replaceAll(root, "");

describe("a path on a host", () => {
  test.each([[["sh"]], [["busybox", "sh"]], [["bash"]]])(
    "is safe if only root can change it, whether it exists or not, with %j",
    (shell) => {
      folder("/etc/kubernetes/pki", 0o700);
      for (const path of ["/etc/kubernetes/pki/ca.crt", "/etc/a/b/c", "/x"])
        expect(flawOf(at(path), shell)).toBe("");
      folder("/home/app", 0o755, 1);
      expect(flawOf(at("/home/app/file"), shell)).toBe(
        "/home/app belongs to daemon",
      );
    },
  );

  test.each([
    [0o777, "0777"],
    [0o775, "0775"],
    [0o757, "0757"],
    [0o1777, "1777"],
    [0o2775, "2775"],
    [0o702, "0702"],
    [0o720, "0720"],
  ])("is refused if others can write to a folder, mode %o", (mode, shown) => {
    folder("/etc/kubernetes/manifests", mode);
    folder("/etc/kubernetes/manifests/below");
    for (const path of ["file", "below/file", "none/file"])
      expect(flawOf(at(`/etc/kubernetes/manifests/${path}`))).toBe(
        `/etc/kubernetes/manifests has mode ${shown}`,
      );
  });

  test("is refused if a user owns a folder, whoever owns the folders below it", () => {
    folder("/srv/app", 0o755, 1);
    folder("/srv/app/etc", 0o755, 0);
    expect(flawOf(at("/srv/app/etc/file"))).toBe("/srv/app belongs to daemon");
    folder("/srv/gone", 0o755, 4_000_000);
    expect(flawOf(at("/srv/gone/file"))).toBe(
      "/srv/gone belongs to the user 4000000",
    );
  });

  test("is refused if a folder is a link, even to a folder of root's, or a file", () => {
    folder("/etc/kubernetes");
    folder("/srv/pki");
    symlinkSync("../../srv/pki", at("/etc/kubernetes/pki"));
    symlinkSync("none", at("/etc/kubernetes/manifests"));
    writeFileSync(at("/etc/file"), "");
    expect(flawOf(at("/etc/kubernetes/pki/ca.crt"))).toBe(
      "/etc/kubernetes/pki is a link to ../../srv/pki",
    );
    expect(flawOf(at("/etc/kubernetes/manifests/a.yaml"))).toBe(
      "/etc/kubernetes/manifests is a link to none",
    );
    expect(flawOf(at("/etc/file/below"))).toBe("/etc/file is not a folder");
  });

  test("may contain an operating system's own links, whose targets are checked", () => {
    folder("/usr/bin");
    folder("/run/lock");
    folder("/var/usrlocal/bin");
    symlinkSync("usr/bin", at("/bin"));
    symlinkSync(at("/run"), at("/var/run"));
    symlinkSync("../var/usrlocal", at("/usr/local"));
    for (const path of ["/bin/x", "/var/run/lock/x", "/usr/local/bin/x"])
      expect(flawOf(at(path))).toBe("");
    folder("/home/app", 0o755, 1);
    folder("/srv/share", 0o777);
    symlinkSync("home/app", at("/opt"));
    symlinkSync(at("/srv/share"), at("/var/lib"));
    symlinkSync("loop", at("/loop"));
    expect(flawOf(at("/opt/x"))).toBe("/home/app belongs to daemon");
    expect(flawOf(at("/var/lib/kubelet/x"))).toBe("/srv/share has mode 0777");
    expect(flawOf(at("/loop/x"))).toBe("/loop is a link to loop");
    symlinkSync("../etc", at("/usr/bin/linked"));
    expect(flawOf(at("/bin/linked/x"))).toBe(
      "/usr/bin/linked is a link to ../etc",
    );
  });

  test("is safe if only the group of a log daemon may write to /var/log", () => {
    folder("/var/log", 0o775);
    expect(flawOf(at("/var/log/kubernetes/x.log"))).toBe("");
    folder("/var/log", 0o777);
    expect(flawOf(at("/var/log/kubernetes/x.log"))).toBe(
      "/var/log has mode 0777",
    );
  });

  test("gets missing folders that belong to root and that only root can write to, whatever the umask", () => {
    const make = 'umask 000; make=yes; is_safe "$1"';
    expect(flawOf(at("/a/b/file"), ["sh"], make)).toBe("");
    for (const path of ["/a", "/a/b"])
      expect(statSync(at(path))).toMatchObject({ uid: 0, mode: 0o40755 });
    expect(flawOf(at("/c/file"), ["sh"], make.replace("000", "077"))).toBe("");
    expect(statSync(at("/c")).mode).toBe(0o40755);
  });
});

describe("reading files of a host", () => {
  const host = localHost();

  test("reports all unsafe paths at once, and reads nothing there", async () => {
    folder("/etc/kubernetes/manifests", 0o777);
    folder("/srv/pki");
    writeFileSync(at("/srv/pki/ca.crt"), "theirs");
    symlinkSync(at("/srv/pki"), at("/etc/kubernetes/pki"));
    folder("/home/app", 0o755, 1);
    folder("/opt");
    writeFileSync(at("/opt/etcd"), "");
    chownSync(at("/opt/etcd"), 1, 1);
    folder("/var/lib/etcd", 0o700, 1);
    symlinkSync("etcd", at("/var/lib/linked"));
    const { files, flaws = [] } = await readHost(
      host,
      [
        "/etc/kubernetes/manifests/etcd.yaml",
        "/etc/kubernetes/pki/ca.crt",
        "/etc/kubernetes/admin.conf",
      ],
      {
        root,
        contents: ["/home/app/file"],
        folders: ["/var/lib/etcd", "/var/lib/linked"],
        programs: ["/opt/etcd", "/opt/none"],
      },
    );
    expect(files.size).toBe(0);
    expect(
      flaws.map(({ path, problem, remedy }) =>
        [path, problem, remedy].join(": ").replaceAll(root, ""),
      ),
    ).toEqual([
      "/etc/kubernetes/manifests/etcd.yaml: /etc/kubernetes/manifests has mode 0777: Run: chmod go-w /etc/kubernetes/manifests",
      "/etc/kubernetes/pki/ca.crt: /etc/kubernetes/pki is a link to /srv/pki: Replace it with a folder; use a mount if the files have to be on another disk.",
      "/home/app/file: /home/app belongs to daemon: Run: chown root: /home/app",
      "/var/lib/linked: /var/lib/linked is a link to etcd: Replace it with a folder; use a mount if the files have to be on another disk.",
      "/opt/etcd: /opt/etcd belongs to daemon: Run: chown root: /opt/etcd",
    ]);
  });

  test("reports a state folder that others can write to, and does not trust its content", async () => {
    folder(NODE_STATE_DIR, 0o777);
    writeFileSync(at(`${NODE_STATE_DIR}/delivered`), "/etc/shadow\n");
    const { delivered, flaws } = await readHost(host, [], { root });
    expect(delivered).toEqual([]);
    expect(flaws).toMatchObject([
      { path: NODE_STATE_DIR, problem: `${at(NODE_STATE_DIR)} has mode 0777` },
    ]);
  });

  test("reports delivered files that exist in a folder which now belongs to a user", async () => {
    folder(NODE_STATE_DIR, 0o700);
    folder("/home/app", 0o755, 1);
    writeFileSync(at("/home/app/file"), "");
    const delivered = ["/home/app/file", "/home/app/gone", "/etc/file"];
    writeFileSync(
      at(`${NODE_STATE_DIR}/delivered`),
      delivered.map((path) => `${at(path)}\n`).join(""),
    );
    const state = await readHost(host, [], { root });
    expect(state.delivered).toEqual(delivered.map(at));
    expect(state.flaws?.map(({ path }) => path)).toEqual([
      at("/home/app/file"),
    ]);
  });

  test("follows a link that root made, as kubelet does, but not to a place where others can write", async () => {
    folder("/var/lib/kubelet/pki");
    folder("/home/app", 0o755, 1);
    for (const path of ["/var/lib/kubelet/pki/2026.pem", "/home/app/his.pem"])
      writeFileSync(at(path), path);
    const [good, bad] = ["good", "bad"].map(
      (name) => `/var/lib/kubelet/pki/${name}.pem`,
    );
    symlinkSync("2026.pem", at(good));
    symlinkSync(at("/home/app/his.pem"), at(bad));
    const state = await readHost(host, [], { root, contents: [good, bad] });
    expect([...state.contents.keys()]).toEqual([good]);
    expect(state.flaws?.map(({ path }) => path)).toEqual([bad]);
  });
});
