import { createHash } from "node:crypto";
import { type Cluster, clusterOf } from "../../lib/cli/model/cluster";
import type { StoreFacts } from "../../lib/cli/model/facts";
import type { Document } from "../../lib/cli/page/document";
import { htmlOf } from "../../lib/cli/page/html";
import { reportOf } from "../../lib/cli/page/sections";
import { noDrift } from "../../lib/request/drift";
import {
  deployed,
  hostile,
  NAME,
  NOW,
  planned,
  type Shape,
  SHAPES,
  TEXT,
} from "./support/shapes";

const hosts = deployed(SHAPES["hosts with a large pool"]);
const withFacts = (changes: Partial<StoreFacts>): Cluster =>
  clusterOf({ ...hosts.facts, ...changes });

/** The texts of a section, without their form. */
function section(cluster: Cluster, title: string): string[] {
  const [{ sections }] = reportOf([cluster], NOW).chapters;
  const found = sections.find((each) => each.title === title);
  const said = (words: Document["about"] = []): string =>
    words
      .map((word) => (typeof word === "string" ? word : `\`${word.code}\``))
      .join("");
  return (found?.blocks ?? []).flatMap((block) => {
    switch (block.kind) {
      case "text":
        return [said(block.words)];
      case "list":
        return block.items.map(
          ({ colour = "", words }) => `${colour}: ${said(words)}`,
        );
      case "values":
        return block.rows.map(([name, value]) => `${name}: ${said(value)}`);
      case "table":
        return block.rows.map((row) =>
          row
            .map(({ words, note }) =>
              [said(words), said(note)].filter(Boolean).join(" / "),
            )
            .join(" | "),
        );
      case "image":
        return [];
    }
  });
}

const attention = (cluster: Cluster) =>
  section(cluster, "What needs attention").filter((line) =>
    /^(fine|due|bad|none): /.test(line),
  );

describe("what needs attention", () => {
  test("is nothing in a good cluster whose hosts were asked", () => {
    const checked = { store: "", nodes: [noDrift("cp-1")], retired: [] };
    expect(attention(withFacts({ checked }))).toEqual([
      "fine: Nothing is broken, and nothing is due.",
    ]);
  });

  test("says that the hosts were not asked", () => {
    expect(attention(hosts)).toEqual([
      "fine: Nothing is broken, and nothing is due.",
      "none: The hosts were not asked, so this is what was recorded. To ask them: `cdktf-control-plane report --check`",
    ]);
  });

  test("says what was not deployed yet", () => {
    expect(attention(planned(SHAPES["nodes in directories"]))).toEqual([
      "fine: Nothing is broken, and nothing is due.",
      "none: Not deployed yet: cp-1, cp-2, cp-3.",
    ]);
  });

  test("lists what is broken before what is due", () => {
    const { inspected, inventory } = hosts.facts;
    const [ca, ...others] = inspected!.certificates;
    const broken = withFacts({
      inspected: {
        ...inspected!,
        problems: [{ file: "pki/sa.key", reason: "it is missing" }],
        waiting: [{ purpose: "a", request: "pending/a.csr", certificate: "b" }],
        certificates: [
          { ...ca, state: "due", reason: "this CA expires soon" },
          ...others.map((one) =>
            /apiserver\.crt/.test(one.files[0])
              ? { ...one, state: "broken" as const, reason: "no chain" }
              : /etcd\/(peer|server)/.test(one.files[0])
                ? { ...one, state: "due" as const, reason: "due" }
                : one.files[0].includes("jane")
                  ? { ...one, state: "expired" as const, reason: "it expired" }
                  : one,
          ),
        ],
      },
      inventory: { ...inventory!, kubernetesVersion: "v1.35.4" },
    });
    expect(attention(broken)).toEqual([
      "bad: `pki/sa.key`: it is missing",
      "bad: serving certificate of kube-apiserver on cp-1, cp-2, cp-3: no chain",
      "bad: kubeconfig of jane: it expired.",
      "due: 1 certificate to be signed by an external CA. The requests are below `clusters/test/pending`; `cdktf-control-plane inspect` lists them.",
      "due: certificate authority of Kubernetes: this CA expires soon.",
      "due: 6 certificates due for renewal: `cdktf-control-plane deploy` makes new ones. The first to expire is the serving certificate of etcd on cp-1, cp-2, cp-3, on 2028-01-01, in 305 days.",
      "due: The program wants Kubernetes v1.36.3, and the last rollout recorded v1.35.4: `cdktf-control-plane deploy` changes the nodes one after the other.",
      "none: The hosts were not asked, so this is what was recorded. To ask them: `cdktf-control-plane report --check`",
    ]);
  });

  test("names nodes by what is to be done about them", () => {
    const { nodes = {} } = hosts.facts.inventory!;
    const { "cp-1": own, "worker-1": worker } = nodes;
    const checked = {
      store: "",
      nodes: [
        { ...noDrift("cp-2"), missing: ["/etc/a"] },
        { ...noDrift("cp-3"), unreachable: "cp-3 (10.0.0.3) is down" },
      ],
      retired: [],
    };
    const cluster = withFacts({
      checked,
      inventory: {
        ...hosts.facts.inventory!,
        nodes: {
          ...nodes,
          "cp-0": own,
          "cp-1": { ...own, tree: undefined },
          "worker-1": { ...worker, retired: true },
        },
      },
    });
    expect(attention(cluster)).toEqual([
      "bad: Not as they should be: cp-2. `cdktf-control-plane deploy` repairs them.",
      "due: Could not be reached: cp-3. What is said of them is what was recorded.",
      "due: No rollout has succeeded yet on cp-1: `cdktf-control-plane deploy` continues with them.",
      "due: No longer in the program: cp-0. `cdktf-control-plane deploy` takes them out of the cluster.",
      "due: Retired: worker-1. Their machines can be deleted.",
    ]);
    expect(section(cluster, "Nodes").slice(-2)).toEqual([
      "bad: cp-2: /etc/a is missing",
      "bad: cp-3 (10.0.0.3) is down",
    ]);
  });

  test("says why the CAs were not compared", () => {
    const inspected = { ...hosts.facts.inspected!, unanchored: "no state" };
    expect(attention(withFacts({ inspected }))).toContain(
      "none: The CAs were not compared with Terraform's state, so an exchanged CA would go unnoticed: no state.",
    );
  });
});

test("has the certificates in the order in which they expire, alike ones once", () => {
  const lines = section(hosts, "Certificates").slice(1);
  const ends = lines.map((line) => line.slice(0, 10));
  expect(ends).toEqual([...ends].sort());
  expect(
    lines.find((line) => line.includes("serving certificate of kubelet")),
  ).toBe(
    "2028-01-01 / in 305 days | 2027-09-01 | serving certificate of kubelet / cp-1 … cp-3, gpu-a, worker-1 … worker-30 | CN=serving certificate of kubelet on cp-1 and 33 more | RSA-2048",
  );
});

test("tells versions, and the ones that a deploy brings", () => {
  const { inventory } = hosts.facts;
  const { "cp-1": own } = inventory!.nodes!;
  const images = own.images!.map((image) =>
    image.replace("v1.36.3", "v1.35.4"),
  );
  const [, first] = section(
    withFacts({
      inventory: {
        ...inventory!,
        nodes: { ...inventory!.nodes, "cp-1": { ...own, images } },
      },
    }),
    "Nodes",
  );
  expect(first).toContain(
    "etcd 3.6.8-0, kube-apiserver v1.35.4, kube-proxy v1.35.4 / next: kube-apiserver v1.36.3, kube-proxy v1.36.3",
  );
});

test.each([
  ["v1.36.3", ["a later 1.36 | 1.36.3", "1.37 | 1.37.1"]],
  ["v1.37.1", ["a later 1.37 | 1.37.1"]],
])("allows only the next minor version after %s", (version, allowed) => {
  const inventory = { ...hosts.facts.inventory!, kubernetesVersion: version };
  const lines = section(withFacts({ inventory }), "What an upgrade needs");
  expect(
    lines
      .filter((line) => line.includes(" | "))
      .map((line) => line.split(" | ").slice(0, 2).join(" | ")),
  ).toEqual(allowed);
  expect(lines.join("\n").includes("is the newest minor version")).toBe(
    allowed.length === 1,
  );
});

test.each<[Shape, RegExp]>([
  [
    "nodes in directories",
    /not in the store, but in etcd \(`\/var\/lib\/etcd`\) on cp-1, cp-2, cp-3/,
  ],
  [
    "a proxy on each node, and etcd elsewhere",
    /in an etcd that is set up elsewhere/,
  ],
  [
    "processes on this machine, with a token",
    /are in `clusters\/debug\/processes\/etcd`/,
  ],
])("says where the data of etcd are: %s", (shape, words) => {
  const lines = section(deployed(SHAPES[shape]), "Backups");
  expect(lines.at(-1)).toMatch(words);
});

test("says which backup of etcd is known", () => {
  const last = (saved?: { node: string; time: string }, ...files: string[]) => {
    const inventory = { ...hosts.facts.inventory!, clusterName: "a", saved };
    return section(withFacts({ inventory, files }), "Backups").at(-1);
  };
  const saved = { node: "cp-2", time: "2026-11-28T03:00:00Z" };
  expect(last()).toMatch(/No backup of etcd is known\.$/);
  expect(last(saved)).toMatch(/made on 2026-11-28: a snapshot on cp-2/);
  expect(last(saved, "backups/a-20261129T030000Z.backup")).toMatch(
    /on 2026-11-29: it is `backups\/a-20261129T030000Z.backup` in the store/,
  );
});

test("says what only a backup brings back", () => {
  const lines = section(hosts, "Backups").filter((line) => line.includes("|"));
  expect(lines).toEqual([
    "`pki` | 8 | only a backup helps",
    "`kubeconfigs` | 3 | a deploy makes it again",
    "`nodes` | 328 | a deploy makes it again",
    "`objects` | 9 | a deploy makes it again",
  ]);
});

test("has no sections about what a store does not have", () => {
  const [{ sections }] = reportOf(
    [deployed(SHAPES["certificates alone"])],
    NOW,
  ).chapters;
  expect(sections.map(({ title }) => title)).toEqual([
    "What needs attention",
    "The cluster",
    "Certificates",
    "Authorities",
    "Backups",
    "What a rotation needs",
  ]);
});

describe("the page", () => {
  const html = htmlOf(reportOf([hostile(), hosts], NOW));

  test("is the same for the same facts and the same time", () => {
    expect(htmlOf(reportOf([hostile(), hosts], NOW))).toBe(html);
  });

  test("has numbers below each other, also below their heading", () => {
    expect(html).toContain('<th scope="col" class="number">Files</th>');
    expect(html).toMatch(/<td class="number">\d+<\/td>/);
    expect(html).not.toMatch(/<td class="number">[^<]*[^\d,<]/);
  });

  test("allows its own style and nothing else", () => {
    const [, style] = /<style>([^]*?)<\/style>/.exec(html)!;
    const hash = createHash("sha256").update(style).digest("base64");
    expect(html).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    // No value of an attribute has a ">" in it.
    const tags = html.match(/<[^>]*>/g)!;
    expect(tags.length).toBeGreaterThan(500);
    for (const tag of tags)
      expect(tag).not.toMatch(
        /^<(script|img)|\son\w+=|\sstyle=|(src|href)="(?!#)/,
      );
    expect(html.match(/<style/g)).toHaveLength(1);
  });

  test("shows hostile texts as text", () => {
    expect(html).not.toContain(NAME);
    expect(html).not.toContain(TEXT);
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html).toContain("&lt;/style&gt;&lt;/script&gt;&lt;script&gt;");
  });
});
