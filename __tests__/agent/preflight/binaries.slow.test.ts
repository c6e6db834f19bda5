import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { machine, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sha256 } from "../../../lib/base/files";
import {
  type DeliveredBinary,
  placeBinaries,
  stageBinaries,
} from "../../../lib/agent/hosts/binaries";
import {
  readBinaries,
  readSource,
} from "../../../lib/agent/hosts/binary-facts";
import type { BinaryRequest } from "../../../lib/request/request";
import {
  binaryFindings,
  tellsVersion,
} from "../../../lib/agent/preflight/binaries";
import { localHost } from "./local-host";

const BIN = "/opt/bin";
const STATE = "/var/lib/cdktf-control-plane";
const host = localHost();
const NEEDS = { kubernetesVersion: "v1.35.4", architecture: machine() };

let folder: string;
let root: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "binaries-"));
  root = join(folder, "root");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (path: string): string => join(root, path);

function write(path: string, content: Buffer | string, mode = 0o755): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** A program that prints a text. */
const printing = (text: string): string => `#!/bin/sh\necho "${text}"\n`;
const kubernetes = (version: string): string =>
  printing(`Kubernetes ${version}`);

/** A binary on this machine that is delivered to the host. */
function delivered(name: string, content: Buffer | string): DeliveredBinary {
  const file = write(join(folder, "source", name), content);
  return { path: `${BIN}/${name}`, source: { file, sha256: sha256(content) } };
}

async function problems(
  binaries: readonly BinaryRequest[],
  staged: readonly BinaryRequest[] = [],
): Promise<string[]> {
  const facts = await readBinaries(host, binaries, staged, tellsVersion, {
    root,
  });
  return facts
    .flatMap((each) => binaryFindings(each, NEEDS))
    .map(({ problem, remedy }) => `${problem} ${remedy}`);
}

describe("delivering binaries", () => {
  test("sends a missing binary once, and moves it into place with one rename", async () => {
    const etcd = delivered("etcd", printing("etcd Version: 3.6.6"));
    write(at(etcd.path), "an old one");
    expect(await stageBinaries(host, [etcd], { root })).toEqual([etcd]);
    expect(readFileSync(at(etcd.path), "utf8")).toBe("an old one");
    expect(await stageBinaries(host, [etcd], { root })).toEqual([]);

    await placeBinaries(host, [etcd], { root });
    expect(readFileSync(at(etcd.path), "utf8")).toContain("3.6.6");
    expect(statSync(at(etcd.path)).mode & 0o777).toBe(0o755);
    expect(readdirSync(at(BIN))).toEqual(["etcd"]);
    expect(existsSync(at(`${STATE}/binaries`))).toBe(false);
  });

  test("refuses a binary that changed after the plan", async () => {
    const etcd = delivered("etcd", "one");
    write(etcd.source.file, "two");
    await expect(readSource(etcd, "cp-1")).rejects.toThrow("etcd");
    await expect(stageBinaries(host, [etcd], { root })).rejects.toThrow(
      "the received file has another SHA-256 than the file that was sent",
    );
    expect(readdirSync(at(`${STATE}/binaries`))).toEqual([]);
  });

  test("removes staged binaries that are no longer wanted, and replaces damaged ones", async () => {
    const etcd = delivered("etcd", "one");
    const old = write(at(`${STATE}/binaries/${sha256("old")}`), "old");
    await stageBinaries(host, [etcd], { root });
    const staged = at(`${STATE}/binaries/${etcd.source.sha256}`);
    expect(existsSync(old)).toBe(false);
    write(staged, "damaged");
    expect(await stageBinaries(host, [etcd], { root })).toEqual([etcd]);
    expect(readFileSync(staged, "utf8")).toBe("one");
  });

  test("repairs the mode and owner of a binary whose content is right", async () => {
    const etcd = delivered("etcd", "one");
    write(at(etcd.path), "one", 0o600);
    await placeBinaries(host, [etcd], { root });
    expect(statSync(at(etcd.path)).mode & 0o777).toBe(0o755);
  });
});

describe("checking binaries", () => {
  test("finds nothing if all are right, staged or in their places", async () => {
    const etcd = delivered("etcd", printing("etcd Version: 3.6.6"));
    await stageBinaries(host, [etcd], { root });
    const others = ["kube-apiserver", "kubelet", "haproxy"].map((name) => {
      const path = `${BIN}/${name}`;
      write(at(path), kubernetes("v1.35.0"));
      return { path };
    });
    expect(await problems([etcd, ...others], [etcd])).toEqual([]);
  });
});
