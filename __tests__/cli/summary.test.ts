import { PLAIN } from "../../lib/cli/output";
import type { InventoryNode } from "../../lib/store/inventory";
import { inventoryFile } from "../../lib/store/bookkeeping";
import { summaryLines } from "../../lib/cli/report/summary";
import {
  authority,
  certificate,
  keyPair,
  kubeconfig,
} from "../agent/support/artefacts";
import { nodeRequest } from "../agent/support/rollout";
import { Workplace } from "../agent/support/workplace";

const place = new Workplace();

const hosted: InventoryNode = {
  ...nodeRequest("node", "10.0.0.1"),
  access: { kind: "local", sudo: false },
};
const here: InventoryNode = {
  address: "10.0.0.1",
  access: { kind: "directory" },
};

/** The title of the summary, and its lines about the nodes. */
async function linesFor(
  nodes: Readonly<Record<string, InventoryNode>>,
  endpoint?: string,
): Promise<string[]> {
  const inventory = { stack: "demo", clusterName: "demo", nodes, endpoint };
  place.store.open();
  await place.store.write(
    [inventoryFile({ ...inventory, kubernetesVersion: "v1.36.3" })],
    "test",
  );
  const { directory } = place.store;
  const [title, ...rows] = summaryLines({ directory }, PLAIN, new Date());
  return [title, ...rows.slice(0, -1)];
}

test("counts the nodes that run on hosts", async () => {
  const worker = { ...hosted, pool: "workers" };
  expect(
    await linesFor({
      "cp-1": hosted,
      "cp-2": hosted,
      "cp-3": hosted,
      "w-1": worker,
      "w-2": worker,
    }),
  ).toEqual([
    "demo: Kubernetes v1.36.3, 5 nodes",
    "  nodes       3 control-plane nodes and 2 workers on their hosts",
  ]);
  expect((await linesFor({ "cp-1": hosted }))[1]).toBe(
    "  nodes       1 control-plane node on its host",
  );
});

test("counts the nodes that the user sets up separately", async () => {
  const [, ...rows] = await linesFor({
    "cp-1": hosted,
    "w-1": { ...here, pool: "workers" },
  });
  expect(rows).toEqual([
    "  nodes       1 control-plane node on its host",
    expect.stringMatching(
      /^ {14}1 worker for you to set up, from the files in .*\/nodes\/<node>\/root$/,
    ),
  ]);
});

test("does not count retired nodes, and says that their machines can be deleted", async () => {
  const retired = { ...hosted, retired: true };
  expect(await linesFor({ "cp-1": retired, "cp-2": hosted })).toEqual([
    "demo: Kubernetes v1.36.3, 1 node",
    "  nodes       1 control-plane node on its host",
    "              cp-1 is retired: its machine can be deleted",
  ]);
  expect(
    await linesFor({ "cp-1": retired, "cp-2": retired, "cp-3": hosted }),
  ).toContain(
    "              cp-1 and cp-2 are retired: their machines can be deleted",
  );
});

test("says that a proxy's address is on each node", async () => {
  const unit = "kube-apiserver-proxy.service";
  const proxy = { name: "proxy", unit, ports: [], timeout: 1 };
  const node = { ...hosted, components: [proxy] };
  const address = "https://127.0.0.1:8443";
  expect((await linesFor({ "cp-1": node }, address))[1]).toBe(
    `  endpoint    ${address} on each node`,
  );
  expect((await linesFor({ "cp-1": hosted }, address))[1]).toBe(
    `  endpoint    ${address}`,
  );
});

test("tells which certificates are not valid yet, and from when", async () => {
  const ahead = new Workplace();
  const now = new Date("2026-06-01T12:00:00Z");
  const later = new Date("2026-06-02T12:00:00Z");
  await ahead.batch([authority(), certificate()], { now: later });
  const rowsAt = (time: Date) =>
    summaryLines(ahead.store, PLAIN, time).filter((line) =>
      line.startsWith("  not yet"),
    );
  expect(rowsAt(now)).toEqual([
    "  not yet     2 certificates, which nothing accepts before 2026-06-02T11:55:00Z: the clock was ahead when they were made, or is behind now",
  ]);
  expect(rowsAt(later)).toEqual([]);
});

describe("the dates of a summary", () => {
  const now = new Date("2026-06-01T12:00:00Z");
  const datesOf = (made: Workplace, time = now) =>
    summaryLines(made.store, PLAIN, time).filter((line) =>
      /^ {2}(expiry|renewal) /.test(line),
    );

  test("are the earliest ones, although what expires first may be renewed later than others", async () => {
    const made = new Workplace();
    await made.batch(
      [
        authority(),
        certificate({ validity: "8016h" }, { renewBefore: "24h" }),
        kubeconfig(),
      ],
      { now },
    );

    expect(datesOf(made)).toEqual([
      "  expiry      2027-05-01 (in 334 d): serving certificate of kube-apiserver on cp-1",
      "  renewal     2027-01-30 (in 243 d): the first deploy from then on renews kubeconfig of kubernetes-admin",
    ]);
  });

  test("say that a certificate is due, and leave out those that expired", async () => {
    const made = new Workplace();
    await made.batch(
      [authority(), certificate({ validity: "2400h" }), kubeconfig()],
      { now },
    );

    expect(datesOf(made, new Date("2026-10-01T12:00:00Z"))).toEqual([
      "  expiry      2027-06-01 (in 243 d): kubeconfig of kubernetes-admin",
      "  renewal     the next deploy renews serving certificate of kube-apiserver on cp-1",
    ]);
  });

  test("are of a CA that signed nothing yet, which no deploy renews", async () => {
    const made = new Workplace();
    await made.batch([authority({ validity: "2400h" })], { now });

    expect(datesOf(made)).toEqual([
      "  expiry      2026-09-09 (in 100 d): the certificate authority ca",
    ]);
  });
});

test("a store with only a key pair holds private keys, and nothing expires", async () => {
  const made = new Workplace(undefined, "keys");
  await made.batch([keyPair()]);
  const [, ...rows] = summaryLines(made.store, PLAIN, new Date());
  expect(rows).toEqual([
    expect.stringMatching(
      /^ {2}keep {8}.*keys holds keys that cannot be made again: back it up, and never commit it$/,
    ),
  ]);
});
