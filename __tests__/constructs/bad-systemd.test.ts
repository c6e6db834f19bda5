import {
  type ControlPlaneProps,
  Etcd,
  Runtime,
  type SystemdProps,
} from "../../lib";
import { artefactsOf } from "../support/synthesized";
import { program } from "./support/systemd";

describe("fails", () => {
  test.each<[string, SystemdProps, RegExp]>([
    ...[
      "../bin",
      "bin",
      "/opt/../bin",
      "/a b",
      "/a\nb",
      "/a%b",
      '/a"b',
      "/",
    ].map((path): [string, SystemdProps, RegExp] => [
      `when binaryDirectory is ${JSON.stringify(path)}`,
      { binaryDirectory: path },
      /binaryDirectory .* is not a path/,
    ]),
    [
      "when binaryDirectory is hidden from units",
      { binaryDirectory: "/home/k8s/bin" },
      /binaryDirectory "\/home\/k8s\/bin" is in a directory that is hidden from units/,
    ],
    [
      "when other programs use logDirectory",
      { logDirectory: "/var/log" },
      /logDirectory "\/var\/log" is a directory that other programs use.*Write "\/var\/log\/kubernetes"/s,
    ],
    [
      "when logDirectory contains the binaries",
      { binaryDirectory: "/opt/k8s/bin", logDirectory: "/opt/k8s" },
      /logDirectory "\/opt\/k8s" is a directory that other programs use/,
    ],
    ...["Admin", "a b", "a\nUser=root", "%n", "", "-a", "a".repeat(33)].map(
      (user): [string, SystemdProps, RegExp] => [
        `when the user is ${JSON.stringify(user)}`,
        { user },
        /user .* is not the name of a user that can run units/,
      ],
    ),
    [
      "when the user of etcd is not valid",
      { etcdUser: "et;cd" },
      /etcdUser "et;cd" is not the name/,
    ],
  ])("%s", (_, props, message) => {
    expect(() => Runtime.systemd(props)).toThrow(message);
  });

  test.each<[string, Partial<ControlPlaneProps>, RegExp]>([
    [
      "when a component has extraVolumes",
      {
        apiServer: {
          extraVolumes: [
            { name: "audit", hostPath: "/audit", mountPath: "/audit" },
          ],
        },
      },
      /apiServer\.extraVolumes has audit, but with Runtime\.systemd\(\)/,
    ],
    [
      "when a variable has valueFrom",
      {
        scheduler: {
          extraEnvs: [
            {
              name: "IP",
              valueFrom: { fieldRef: { fieldPath: "status.podIP" } },
            },
          ],
        },
      },
      /scheduler\.extraEnvs has IP with valueFrom/,
    ],
    [
      "when systemd would ignore a variable",
      { apiServer: { extraEnvs: [{ name: "a.b", value: "c" }] } },
      /apiServer\.extraEnvs has "a\.b"/,
    ],
    [
      "when other programs use the directory of audit logs",
      { apiServer: { extraArgs: { "audit-log-path": "/var/log/audit.log" } } },
      /a directory of kube-apiserver "\/var\/log" is a directory that other programs use/,
    ],
    [
      "when audit logs are in logDirectory",
      {
        runtime: Runtime.systemd({ logDirectory: "/var/log/k8s" }),
        apiServer: {
          extraArgs: { "audit-log-path": "/var/log/k8s/audit.log" },
        },
      },
      /kube-apiserver would write to "\/var\/log\/k8s", which is in logDirectory/,
    ],
    [
      "when the WAL directory of etcd is not a valid path",
      { etcd: Etcd.stacked({ extraArgs: { "wal-dir": "/a b" } }) },
      /a directory of etcd "\/a b" is not a path/,
    ],
    [
      "when certificatesDir is hidden from units",
      { certificatesDir: "/root/pki" },
      /certificatesDir "\/root\/pki" is in a directory that is hidden from units/,
    ],
  ])("%s", (_, props, message) => {
    expect(() => artefactsOf(program({}, props))).toThrow(message);
  });
});
