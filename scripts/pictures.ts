// Draws the pictures in the pages that show clusters. `npm run docs` writes them; a test fails if one is out of date.
import { readFileSync } from "node:fs";
import { TerraformStack, Testing } from "cdktf";
import { ControlPlane, NodeAccess } from "../lib";
import { rfc3339 } from "../lib/base/duration";
import { renewalTime } from "../lib/pki/verification";
import { type Cluster, clusterOf } from "../lib/cli/model/cluster";
import {
  artefactsOf,
  rolloutsOf,
  type StoreFacts,
} from "../lib/cli/model/facts";
import { svgOf } from "../lib/cli/picture/svg";
import type { InspectedCertificate } from "../lib/cli/report/inspected";
import type { ArtefactRow } from "../lib/request/manifest";
import type { Inventory } from "../lib/store/inventory";
import { manifestOf } from "../lib/terraform/manifest";
import { drawRecording, parseRecording } from "./recording";

/** The pictures by their files. */
export const PICTURES: Readonly<
  Record<string, () => string | Promise<string>>
> = {
  "docs/pictures/cluster.svg": () => svgOf([exampleCluster()], NOW),
  "docs/pictures/rollout.svg": () =>
    drawRecording(
      parseRecording(readFileSync("scripts/rollout.cast", "utf8")),
      "A new flag for three API servers",
    ),
};

const NOW = new Date("2027-06-15T09:00:00Z");

/** The cluster of the README as it may be after half a year, when certificates were renewed on some nodes only. */
function exampleCluster(): Cluster {
  const stack = new TerraformStack(Testing.app(), "prod");
  const machine = (name: string, address: string) => ({
    name,
    address,
    access: NodeAccess.ssh({ host: address, user: "admin" }),
  });
  const prod = new ControlPlane(stack, "prod", {
    clusterName: "prod",
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    podSubnet: "10.244.0.0/16",
    nodes: [
      machine("cp-1", "10.0.0.11"),
      machine("cp-2", "10.0.0.12"),
      machine("cp-3", "10.0.0.13"),
    ],
  });
  prod.addWorkers("workers", {
    nodes: [
      machine("worker-1", "10.0.0.21"),
      machine("worker-2", "10.0.0.22"),
      machine("worker-3", "10.0.0.23"),
    ],
  });
  prod.addUser("jane", { groups: ["developers"] });
  return clusterOf(
    inventedFacts(
      stack,
      NOW,
      ({ files: [file] }) =>
        new Date(
          file.includes("nodes/cp-3") && file.includes("apiserver")
            ? "2026-09-20"
            : file.includes("jane")
              ? "2026-06-01"
              : "2027-02-01",
        ),
    ),
  );
}

/** What is known of the only store of a stack before its first deploy. */
export function plannedFacts(stack: TerraformStack): StoreFacts {
  const { stores, stack: name } = manifestOf(stack);
  const [{ directory, resources }] = stores;
  return {
    store: directory.replace(/^(\.\.\/)*/, ""),
    stack: name,
    rows: resources,
    files: [],
  };
}

/** What the store would hold after a deploy: certificates that begin at invented times. */
export function inventedFacts(
  stack: TerraformStack,
  now: Date,
  beginning: (row: ArtefactRow) => Date,
): StoreFacts {
  const planned = plannedFacts(stack);
  const artefacts = artefactsOf(planned);
  return {
    ...planned,
    inventory: inventedInventory(planned),
    recorded: rfc3339(now),
    inspected: {
      store: planned.store,
      stack: planned.stack,
      certificates: artefacts.flatMap((row) =>
        inventedCertificate(row, beginning(row), now),
      ),
      tokens: [],
      problems: [],
      waiting: [],
    },
    files: artefacts.flatMap(({ files }) => files),
  };
}

function inventedInventory(planned: StoreFacts): Inventory {
  const rollouts = rolloutsOf(planned);
  const nodes = rollouts.flatMap(({ nodes, pool }) =>
    pool ? pool.nodes.map((node) => ({ ...node, pool: pool.name })) : nodes,
  );
  return {
    stack: planned.stack,
    kubernetesVersion: rollouts[0]?.kubernetesVersion,
    nodes: Object.fromEntries(
      nodes.map((node) => [node.name, { ...node, tree: "invented" }]),
    ),
  };
}

function inventedCertificate(
  { of, purpose = "", files, issuer }: ArtefactRow,
  notBefore: Date,
  now: Date,
): InspectedCertificate[] {
  const authority = of === "authority";
  if (!authority && issuer === undefined) return [];
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + (authority ? 10 : 1));
  const renewal = renewalTime({ notBefore, notAfter }, undefined);
  const isDue = !authority && renewal <= now;
  return [
    {
      purpose,
      state: notAfter <= now ? "expired" : isDue ? "due" : "fine",
      subject: `CN=${authority ? files[0] : purpose}`,
      issuer: issuer ?? files[0],
      names: [],
      usages: [],
      key: "RSA-2048",
      authority,
      notBefore: rfc3339(notBefore),
      notAfter: rfc3339(notAfter),
      ...(!authority && { renewal: rfc3339(renewal) }),
      renewedBy: authority ? "hand" : "apply",
      files,
      serialNumber: "01",
      fingerprint256: files[0],
    },
  ];
}
