import { readFileSync } from "node:fs";
import {
  Etcd,
  type ControlPlaneProps,
  type PeriodicBackupProps,
} from "../../lib";
import { cluster, node } from "../support/cluster";
import { requestsOf } from "../support/rollouts";
import { artefactsOf } from "../support/synthesized";
import { systemd } from "../support/unit-texts";
import { etcdNode, props as dedicated } from "./support/dedicated-etcd";
import { refuses } from "./support/refusals";

const DAILY: PeriodicBackupProps = { schedule: "*-*-* 03:00:00" };
const UNITS = "/etc/systemd/system";
const SCRIPT = "/etc/kubernetes/etcd-backup/save";
const FILES = [
  SCRIPT,
  `${UNITS}/etcd-backup.service`,
  `${UNITS}/etcd-backup.timer`,
];

const stacked = (
  backup: PeriodicBackupProps,
  props: Partial<ControlPlaneProps> = {},
) => cluster({ etcd: Etcd.stacked({ backup }), ...props });

/** The texts of the files that save etcd, by node and path. */
const filesOf = (program: ReturnType<typeof cluster>): Map<string, string> =>
  new Map(
    [...artefactsOf(program)].flatMap(([path, { spec }]) => {
      const [, name, onNode] = /^nodes\/([^/]+)\/root(.*)$/.exec(path) ?? [];
      return FILES.includes(onNode) ? [[`${name}:${onNode}`, spec]] : [];
    }),
  );

const commandIn = (text = ""): string[] =>
  /^ExecStart=((?:.*\\\n)*.*)$/m.exec(text)![1].split(" \\\n  ");

test("each member of a stacked etcd has a timer, a service and the script", () => {
  const nodes = [node(1), node(2), node(3)];
  expect([...filesOf(stacked(DAILY, { nodes })).keys()].sort()).toEqual(
    nodes.flatMap(({ name }) => FILES.map((path) => `${name}:${path}`)),
  );
});

test("only the members of a dedicated etcd save it", () => {
  const nodes = [etcdNode(1), etcdNode(2)];
  const files = filesOf(cluster(dedicated({ nodes, backup: DAILY })));
  expect([...files.keys()].sort()).toEqual(
    nodes.flatMap(({ name }) => FILES.map((path) => `${name}:${path}`)),
  );
});

test("the timer starts the service at the times of the schedule, and makes up for a missed one", () => {
  expect(filesOf(stacked(DAILY)).get(`cp-1:${FILES[2]}`)).toBe(
    `[Unit]
Description=the times at which etcd is saved on this host

[Timer]
OnCalendar=*-*-* 03:00:00
AccuracySec=1s
RandomizedDelaySec=0
Persistent=true
Unit=etcd-backup.service

[Install]
WantedBy=timers.target
`,
  );
});

test("the service asks etcd in its container, where etcdctl is", () => {
  const files = filesOf(
    stacked({ ...DAILY, keep: 30, directory: "/srv/etcd/" }),
  );
  expect(commandIn(files.get(`cp-1:${FILES[1]}`))).toEqual([
    SCRIPT,
    "test",
    "/srv/etcd",
    "30",
    "/var/lib/etcd",
    "120",
    "unix:///run/containerd/containerd.sock",
    "etcdctl",
    "--endpoints=https://127.0.0.1:2379",
    "--cacert=/etc/kubernetes/pki/etcd/ca.crt",
    "--cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt",
    "--key=/etc/kubernetes/pki/etcd/healthcheck-client.key",
  ]);
});

test("the service of a unit runs the etcdctl beside etcd, after etcd", () => {
  const text = filesOf(stacked(DAILY, { runtime: systemd() })).get(
    `cp-1:${FILES[1]}`,
  );
  expect(commandIn(text).slice(1, 8)).toEqual([
    "test",
    "/var/backups/etcd",
    "7",
    "/var/lib/etcd",
    "120",
    "-",
    "/usr/local/k8s/bin/etcdctl",
  ]);
  expect(text).toContain("After=network-online.target etcd.service\n");
});

test("the script is the one that the tests run", () => {
  const text = filesOf(stacked(DAILY)).get(`cp-1:${SCRIPT}`)!;
  expect(text.replaceAll("$${", "${").replaceAll("%%{", "%{")).toBe(
    readFileSync("lib/constructs/node/save-etcd.sh", "utf8"),
  );
});

test("another schedule changes only the timer", () => {
  const before = filesOf(stacked(DAILY));
  const after = filesOf(stacked({ schedule: "hourly" }));
  expect(
    FILES.filter(
      (path) => before.get(`cp-1:${path}`) !== after.get(`cp-1:${path}`),
    ),
  ).toEqual([FILES[2]]);
});

test("a rollout is told the schedule and the program, and starts the timer before kubelet", () => {
  const access = dedicated().nodes![0].access;
  const [request] = Object.values(
    requestsOf(stacked(DAILY, { nodes: [node(1, { access })] })),
  );
  const [{ backup, components }] = request.nodes;
  expect(backup).toEqual({
    schedule: "*-*-* 03:00:00",
    directory: "/var/backups/etcd",
    program: "crictl",
  });
  expect(components.slice(-2).map(({ unit }) => unit)).toEqual([
    "etcd-backup.timer",
    "kubelet.service",
  ]);
});

test("etcdctl is one of the binaries of a host that runs etcd as a unit", () => {
  const [request] = Object.values(
    requestsOf(cluster(dedicated({ nodes: [etcdNode(1)], backup: DAILY }))),
  );
  const [{ backup, binaries = [] }] = request.nodes;
  expect(binaries.map(({ path }) => path)).toContain(backup?.program);
  expect(backup?.program).toMatch(/^\/.*\/etcdctl$/);
});

test("nothing is saved by default", () => {
  expect(filesOf(cluster()).size).toBe(0);
});

const given = (backup: Partial<PeriodicBackupProps>) => ({
  etcd: Etcd.stacked({ backup: { ...DAILY, ...backup } }),
});

describe("what a host could not do is refused, with its value and what to write instead", () => {
  refuses("fails with %s", [
    ["an empty schedule", given({ schedule: "" }), '""', '"daily"'],
    [
      "a schedule of two lines",
      given({ schedule: "daily\nOnBootSec=1" }),
      "OnBootSec",
      "one calendar expression",
    ],
    ["a specifier in a schedule", given({ schedule: "%n" }), '"%n"'],
    [
      "a schedule that is known only at apply",
      given({ schedule: "${x}" }),
      "as a literal",
    ],
    ["no snapshots", given({ keep: 0 }), "etcd.backup.keep is 0"],
    ["half a snapshot", given({ keep: 1.5 }), "1.5", "whole number above 0"],
    [
      "a relative directory",
      given({ directory: "backups" }),
      'etcd.backup.directory "backups"',
      "absolute",
    ],
    [
      "a directory that leads elsewhere",
      given({ directory: "/var/../etc" }),
      '"/var/../etc"',
    ],
    [
      "a directory in etcd's own",
      given({ directory: "/var/lib/etcd/backups" }),
      '"/var/lib/etcd/backups"',
      "/var/backups/etcd",
    ],
  ]);
});
