import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deliver,
  differences,
  readHost,
} from "../../../../lib/agent/hosts/delivery";
import type { Host, HostFile } from "../../../../lib/agent/hosts/host";
import { localHost } from "./stepped";

export const PKI = "/etc/kubernetes/pki";
export const MANIFEST = "/etc/kubernetes/manifests/etcd.yaml";
export const KEY = `${PKI}/it's a $(key) 100%.key`;
export const STATE = "/var/lib/cdktf-control-plane";

export const file = (
  path: string,
  content: string | Buffer,
  mode = 0o600,
  owner = "root:root",
): HostFile => ({ path, content: Buffer.from(content), mode, owner });

/** This machine. */
export const here = localHost({ path: process.env.PATH ?? "" });

/** A folder that is the root of a host for deliveries. */
export class DeliveryPlace {
  root = "";

  /** Another one for each test of the file. */
  static inEachTest(): DeliveryPlace {
    const place = new DeliveryPlace();
    beforeEach(() => {
      place.root = mkdtempSync(join(tmpdir(), "delivery-"));
    });
    afterEach(() => rmSync(place.root, { recursive: true, force: true }));
    return place;
  }

  readonly at = (path: string): string => join(this.root, path);

  /** Reads a host and delivers the differences, as a rollout does. Returns the number of differences. */
  async bring(host: Host, wanted: readonly HostFile[]): Promise<number> {
    const { root } = this;
    const paths = wanted.map(({ path }) => path);
    const state = await readHost(host, paths, { root });
    const { changed, removed } = differences(wanted, state);
    if (changed.length + removed.length > 0)
      await deliver(host, { changed, removed, listed: paths }, { root });
    return changed.length + removed.length;
  }

  /** The contents, modes and owners of all files, without the bookkeeping of deliveries. */
  tree(folder = this.root): Record<string, string> {
    const found: Record<string, string> = {};
    const visit = (path: string): void => {
      for (const name of readdirSync(join(folder, path))) {
        const inside = join(path, name);
        const stat = lstatSync(join(folder, inside));
        if (stat.isDirectory()) visit(inside);
        else if (!["lock", "delivered"].includes(name))
          found[inside] =
            `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${readFileSync(join(folder, inside), "latin1")}`;
      }
    };
    visit("/");
    return found;
  }
}
