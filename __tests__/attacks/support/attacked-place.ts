import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { HostFile } from "../../../lib/agent/hosts/host";
import { localHost } from "../../agent/hosts/support/stepped";
import { Attacker } from "./attacker";

export const SECRET = "only root may read this";

/** This machine. */
export const here = localHost({ path: process.env.PATH ?? "" });

/** The root of a host, where a user has own folders and leads links to a folder of root. */
export class AttackedPlace {
  root = "";
  readonly attacker = Attacker.make();
  private before: readonly string[] = [];

  /** Another root for each test of the file, after which the folder of root is as it was. */
  static inEachTest(): AttackedPlace {
    const place = new AttackedPlace();
    beforeEach(() => place.make());
    afterEach(() => place.check());
    afterAll(() => place.attacker.remove());
    return place;
  }

  /** A folder that only root may change, to which the attacker's links lead. */
  readonly outside = (): string => join(this.root, "outside");
  readonly at = (path: string): string => join(this.root, path);

  readonly file = (path: string, content: string): HostFile => ({
    path,
    content: Buffer.from(content),
    mode: 0o644,
    // If a link were followed, its target would be given to the attacker.
    owner: `${this.attacker.name}:root`,
  });

  private make(): void {
    const { attacker, at, outside } = this;
    this.root = mkdtempSync("/attack-");
    chmodSync(this.root, 0o755);
    mkdirSync(join(outside(), "conf"), { recursive: true, mode: 0o755 });
    writeFileSync(join(outside(), "target"), SECRET, { mode: 0o600 });
    writeFileSync(join(outside(), "conf/target"), SECRET, { mode: 0o600 });
    this.before = facts(outside());
    for (const path of ["/home/app", "/var/lib/etcd"])
      attacker.folder(at(path));
  }

  private check(): void {
    this.attacker.stop();
    expect(facts(this.outside())).toEqual(this.before);
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The path, mode, owner and content of everything in a folder. */
function facts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mode, uid, gid } = lstatSync(path);
      const content = lstatSync(path).isFile()
        ? readFileSync(path, "utf8")
        : "";
      return `${name} ${mode.toString(8)} ${uid}:${gid} ${content}`;
    });
}
