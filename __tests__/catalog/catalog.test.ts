import {
  AUTHORITIES,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../../lib/catalog/authorities";
import {
  CERTIFICATES,
  certificatesOf,
  isNeeded,
} from "../../lib/catalog/certificates";
import { COMPONENTS } from "../../lib/catalog/components";
import { DIFFERENCES } from "../../lib/catalog/differences";
import { KUBECONFIGS } from "../../lib/catalog/kubeconfigs";
import type { LocalEtcd, Site, SystemdRuntime } from "../../lib/catalog/site";
import { OBJECT_GROUPS } from "../../lib/catalog/object-groups";
import { BINDINGS, ROLES } from "../../lib/catalog/rbac";
import { etcdRuntime, UNITS, unitRow } from "../../lib/catalog/units";
import {
  parseAnyVersion,
  parseKubernetesVersion,
  SUPPORTED_MINORS,
  VERSIONS,
} from "../../lib/catalog/versions";
import { KUBEADM_CASES } from "../support/kubeadm";
import { siteOf } from "../support/site";

const TABLES = {
  authorities: AUTHORITIES,
  certificates: CERTIFICATES,
  kubeconfigs: KUBECONFIGS,
  components: COMPONENTS,
  differences: DIFFERENCES,
  "object groups": OBJECT_GROUPS,
  units: UNITS,
};

describe.each(Object.entries(TABLES))("the table of %s", (_name, rows) => {
  test("has unique ids", () => {
    const ids = rows.map(({ id }) => id);
    expect([...new Set(ids)]).toEqual(ids);
  });

  test("has ids that can be part of a construct's path", () => {
    expect(rows.filter(({ id }) => !/^[a-z][a-z0-9-]*$/.test(id))).toEqual([]);
  });
});

const site = siteOf(
  KUBEADM_CASES.find(({ name }) => name === "single")!.config,
);
const [node] = site.nodes;

test("every certificate is signed by a CA of the table", () => {
  const authorities = AUTHORITIES.map(({ id }) => id);
  expect(
    CERTIFICATES.filter((row) => !authorities.includes(row.authority)),
  ).toEqual([]);
});

test("no two files of a node have the same path", () => {
  const paths = [
    ...AUTHORITIES,
    SERVICE_ACCOUNT_KEY_PAIR,
    ...CERTIFICATES,
    ...KUBECONFIGS,
  ].map(({ path }) => path);
  expect([...new Set(paths)]).toEqual(paths);
});

test("serving certificates have names, client certificates have none", () => {
  const serving = CERTIFICATES.filter(({ usages }) =>
    usages.includes("serverAuth"),
  );
  expect(serving.every((row) => row.names!(site, node).length > 0)).toBe(true);
  const clients = CERTIFICATES.filter(
    ({ usages }) => !usages.includes("serverAuth"),
  );
  expect(clients.every((row) => row.names === undefined)).toBe(true);
});

test("each certificate belongs to one component", () => {
  const components = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
  ] as const;
  expect(components.flatMap((id) => certificatesOf(id)).length).toBe(
    CERTIFICATES.length,
  );
});

test("every certificate that a component names in its flags is a row", () => {
  const pairs = [...AUTHORITIES, SERVICE_ACCOUNT_KEY_PAIR, ...CERTIFICATES].map(
    ({ path }) => `${site.certificatesDir}/${path}`,
  );
  const files = COMPONENTS.flatMap((row) =>
    Object.values(row.arguments(site, node)),
  )
    .filter((value) => value.startsWith(`${site.certificatesDir}/`))
    .map((value) => value.replace(/\.(crt|key|pub)$/, ""));
  expect(files).toContain(`${site.certificatesDir}/apiserver`);
  expect(files.filter((file) => !pairs.includes(file))).toEqual([]);
});

describe("every component", () => {
  const runtimes: readonly Site["runtime"][] = [
    { kind: "static-pods" },
    {
      kind: "systemd",
      binaryDirectory: "/usr/local/bin",
      users: { etcd: "etcd", kubernetes: "kubernetes" },
    },
  ];

  test.each(COMPONENTS)(
    "is also a unit, with the same purpose: $id",
    ({ id, purpose }) => expect(unitRow(id).purpose).toBe(purpose),
  );

  test.each(COMPONENTS)("has the same flags as a unit: $id", (row) => {
    const [pod, unit] = runtimes.map((runtime) =>
      row.arguments({ ...site, runtime }, node),
    );
    expect(unit).toEqual(pod);
  });

  test("is listed after the units that start before it", () => {
    for (const [at, { after }] of UNITS.entries()) {
      const before = UNITS.slice(0, at).map(({ id }) => id);
      expect(before).toEqual(expect.arrayContaining([...after]));
    }
  });

  test("runs like the rest of the cluster, except an etcd on its own hosts", () => {
    const [pods, systemd] = runtimes;
    const { etcd } = site;
    expect(etcdRuntime({ ...site, runtime: pods })).toBe(pods);
    const runtime = systemd as SystemdRuntime;
    expect(
      etcdRuntime({ ...site, etcd: { ...(etcd as LocalEtcd), runtime } }),
    ).toBe(systemd);
  });
});

describe("a common name", () => {
  const named = (length: number) => ({ ...node, name: "n".repeat(length) });
  const subjectsOf = (one: typeof node) =>
    Object.fromEntries(
      [...CERTIFICATES, ...KUBECONFIGS].map((row) => [
        row.id,
        "usages" in row
          ? row.subject(site, one).commonName
          : row.subject(one).commonName,
      ]),
    );

  test("is no longer than X.520 allows, unless it is a node's identity in Kubernetes", () => {
    const long = Object.entries(subjectsOf(named(63))).filter(
      ([, name]) => name.length > 64,
    );
    const identity = `system:node:${"n".repeat(63)}`;
    expect(long).toEqual([
      ["kubelet-server", identity],
      ["kubelet", identity],
    ]);
  });
});

describe("the serving certificate of kubelet", () => {
  const row = CERTIFICATES.find(({ id }) => id === "kubelet-server")!;
  const withConfig = (config: Record<string, unknown>, extraArgs = {}) => ({
    ...site,
    kubelet: { config, extraArgs },
  });

  test("names the node and its addresses", () => {
    const addresses = ["fd00::5"];
    expect(row.names!(site, { ...node, addresses })).toEqual([
      "w1",
      "192.168.100.155",
      "fd00::5",
    ]);
    expect(row.subject(site, node)).toEqual({
      commonName: "system:node:w1",
      organizations: ["system:nodes"],
    });
  });

  test("isn't made if kubelet requests one from the cluster, or if the user provides one", () => {
    expect(isNeeded(row, site)).toBe(true);
    expect(isNeeded(row, withConfig({ serverTLSBootstrap: false }))).toBe(true);
    expect(isNeeded(row, withConfig({ serverTLSBootstrap: true }))).toBe(false);
    expect(isNeeded(row, withConfig({ tlsCertFile: "/etc/tls.crt" }))).toBe(
      false,
    );
    expect(
      isNeeded(row, withConfig({}, { "tls-cert-file": "/etc/tls.crt" })),
    ).toBe(false);
  });
});

describe("the table of versions", () => {
  test("has every minor from the oldest to the newest that can be deployed", () => {
    expect(SUPPORTED_MINORS).toEqual([33, 34, 35, 36, 37]);
  });

  test.each(VERSIONS)(
    "names the release with which 1.$minor was compared",
    (row) => {
      const version = parseAnyVersion(row.measured)!;
      expect(version.minor).toBe(row.minor);
      expect(version.text).toBe(`v${row.measured}`);
    },
  );

  test.each([["1.36.3"], ["v1.36.3"]])("parses %s", (text) => {
    expect(parseKubernetesVersion(text)).toMatchObject({
      text: "v1.36.3",
      minor: 36,
    });
  });

  test("parses a release with which it was not compared", () => {
    expect(parseKubernetesVersion("1.37.0-rc.1")).toMatchObject({
      text: "v1.37.0-rc.1",
      minor: 37,
    });
  });

  test.each([
    "1.36",
    "1.32.0",
    "1.38.0",
    "2.36.0",
    "latest",
    "stable-1",
    "1.36.3 ",
    "",
    "1.36.3+x",
  ])("fails when a version is %j", (text) =>
    expect(parseKubernetesVersion(text)).toBeUndefined(),
  );
});

test("every role in a binding exists, or is built into the API server", () => {
  const builtIn = ["cluster-admin", /^system:/];
  const made = ROLES.map(({ name }) => name);
  const unknown = BINDINGS.filter(
    ({ role }) =>
      !made.includes(role) &&
      !builtIn.some((each) =>
        typeof each === "string" ? each === role : each.test(role),
      ),
  );
  expect(unknown).toEqual([]);
});
