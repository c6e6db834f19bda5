import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { placeBinaries, stageBinaries } from "../../lib/agent/hosts/binaries";
import { deliver, readHost } from "../../lib/agent/hosts/delivery";
import type { Host } from "../../lib/agent/hosts/host";
import { sha256 } from "../../lib/base/files";
import { NODE_STATE_DIR } from "../../lib/catalog/paths";
import { Connections } from "../agent/hosts/support/place";
import { Sshd } from "../agent/hosts/support/sshd";
import { AttackedPlace, here, SECRET } from "./support/attacked-place";

/** Attempts: enough to win a race that can be won. */
const RUNS = 25;
const place = AttackedPlace.inEachTest();
const { attacker, at, outside } = place;

let sshd: Sshd;
let connections: Connections;

beforeAll(async () => {
  sshd = await Sshd.start();
  connections = new Connections(join(sshd.folder, "known_hosts"));
});

afterAll(async () => {
  await connections.close();
  await sshd.remove();
});

const delivery = (host: Host, path: string, content: string) =>
  deliver(
    host,
    { changed: [place.file(path, content)], removed: [], listed: [path] },
    { root: place.root },
  );

describe("a user who swaps links in a loop", () => {
  test("in an own folder cannot redirect a delivery, even over SSH", async () => {
    attacker.file(at("/home/app/conf/target"), "his own");
    await attacker.swaps(
      { path: at("/home/app/conf/target"), target: join(outside(), "target") },
      { path: at("/home/app/conf"), target: outside() },
    );
    const remote = await connections.open(sshd.access());
    for (let run = 0; run < RUNS; run++)
      await expect(
        delivery(run % 5 ? here : remote, "/home/app/conf/target", `${run}`),
      ).rejects.toThrow(
        `${at("/home/app")} belongs to ${attacker.name}, on the way to ${at("/home/app/conf/target")}`,
      );
  });

  test.each([
    [0o777, "has mode 0777"],
    [0o1777, "has mode 1777"],
    [0o770, "has mode 0770"],
  ])(
    "in a writable folder of root's cannot redirect a delivery, mode %i",
    async (mode, problem) => {
      mkdirSync(at("/srv/share"), { recursive: true });
      chmodSync(at("/srv/share"), mode);
      await attacker.swaps({ path: at("/srv/share/conf"), target: outside() });
      for (let run = 0; run < RUNS; run++)
        await expect(
          delivery(here, "/srv/share/conf/target", `${run}`),
        ).rejects.toThrow(`${at("/srv/share")} ${problem}`);
    },
  );

  test("without write access to the node's folders does not disturb a delivery", async () => {
    await attacker.swaps(
      { path: at("/etc/kubernetes"), target: outside() },
      { path: at("/etc/kubernetes/pki/target"), target: outside() },
    );
    for (let run = 0; run < RUNS; run++) {
      await delivery(here, "/etc/kubernetes/pki/target", `run ${run}`);
      expect(readFileSync(at("/etc/kubernetes/pki/target"), "utf8")).toBe(
        `run ${run}`,
      );
    }
  });

  test("learns nothing about a file that only root may read", async () => {
    const path = "/home/app/conf/target";
    attacker.file(at(path), "his own");
    await attacker.swaps(
      { path: at(path), target: join(outside(), "target") },
      { path: at("/home/app/conf"), target: outside() },
    );
    for (let run = 0; run < RUNS; run++) {
      const state = await readHost(here, [path], {
        root: place.root,
        contents: [path],
      });
      expect(state.contents.size).toBe(0);
      expect(JSON.stringify([...state.files])).not.toContain(sha256(SECRET));
      expect(state.flaws).toContainEqual({
        path,
        problem: `${at("/home/app")} belongs to ${attacker.name}`,
        remedy: `Run: chown root: ${at("/home/app")}`,
      });
    }
  });

  test("cannot redirect the removal of a file that was delivered to an own folder before", async () => {
    const path = "/opt/app/conf/target";
    await delivery(here, path, "delivered");
    for (const folder of ["/opt/app/conf", "/opt/app"])
      attacker.folder(at(folder));
    await attacker.swaps({ path: at("/opt/app/conf"), target: outside() });
    for (let run = 0; run < RUNS; run++)
      await deliver(
        here,
        { changed: [], removed: [path], listed: [] },
        { root: place.root },
      ).catch((error: Error) =>
        expect(error.message).toContain(`belongs to ${attacker.name}`),
      );
  });

  test("cannot redirect a binary", async () => {
    const source = at("/etcd");
    writeFileSync(source, "#!/bin/sh\n");
    const path = "/home/app/conf/target";
    const binary = {
      path,
      source: { file: source, sha256: sha256("#!/bin/sh\n") },
    };
    attacker.file(at(path), "his own");
    await attacker.swaps({ path: at("/home/app/conf"), target: outside() });
    for (let run = 0; run < RUNS; run++) {
      await stageBinaries(here, [binary], { root: place.root });
      await expect(
        placeBinaries(here, [binary], { root: place.root }),
      ).rejects.toThrow(`${at("/home/app")} belongs to ${attacker.name}`);
    }
  });

  test("cannot redirect the state folder of a node", async () => {
    const state = at(NODE_STATE_DIR);
    attacker.folder(dirname(state));
    attacker.file(join(state, "delivered"), join(outside(), "target"));
    await attacker.swaps({ path: state, target: outside() });
    for (let run = 0; run < RUNS; run++) {
      await expect(delivery(here, "/etc/file", `${run}`)).rejects.toThrow(
        new RegExp(`${dirname(state)} (belongs to ${attacker.name}|is a link)`),
      );
    }
    expect(existsSync(at("/etc/file"))).toBe(false);
  });
});
