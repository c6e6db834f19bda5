import { Duration, KeyAlgorithm } from "../../lib";
import { node, token } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { refuses } from "./support/refusals";

describe("a version or a flag that is not valid is refused, with its value and what to write instead", () => {
  refuses("fails with %s", [
    [
      "a version without a patch number",
      { kubernetesVersion: "1.36" },
      '"1.36"',
      "1.36.3",
    ],
    ["an old version", { kubernetesVersion: "1.21.14" }, '"1.21.14"', "1.33"],
    [
      "a version that does not exist yet",
      { kubernetesVersion: "1.99.0" },
      '"1.99.0"',
      "1.37",
    ],
    ["a version that is a label", { kubernetesVersion: "latest" }, '"latest"'],
    [
      "a version that is a token",
      { kubernetesVersion: token },
      "(a token",
      "literal",
    ],
    [
      "a key algorithm that Kubernetes does not support",
      { keyAlgorithm: KeyAlgorithm.ED25519 },
      "Ed25519",
      "ECDSA-P256",
    ],
    [
      "a flag with dashes",
      { apiServer: { extraArgs: { "--v": "4" } } },
      '"--v"',
      "apiServer.extraArgs",
    ],
    [
      "a shell character in the name of a flag",
      { scheduler: { extraArgs: { "v;id": "4" } } },
      '"v;id"',
    ],
    [
      "a control character in a kubelet flag",
      { kubelet: { extraArgs: { v: "\u001b[2J" } } },
      "kubelet.extraArgs has --v",
      "control character",
    ],
    [
      "a control character in a kubelet flag of one node",
      { nodes: [node(1, { kubeletExtraArgs: { "node-labels": "a=b\r" } })] },
      "kubeletExtraArgs of node cp-1 has --node-labels",
      "kubelet.config",
    ],
    [
      "a NUL in a flag",
      { apiServer: { extraArgs: { "api-audiences": ["b", "c\0"] } } },
      "apiServer.extraArgs has --api-audiences",
      "NUL",
    ],
    [
      "a flag that is too long for Linux",
      { scheduler: { extraArgs: { config: "ü".repeat(64 * 1024) } } },
      "scheduler.extraArgs has --config with a value of 129 KiB",
      "128 KiB",
    ],
    [
      "a variable that is too long for Linux",
      {
        apiServer: {
          extraEnvs: [{ name: "A", value: "x".repeat(128 * 1024 - 2) }],
        },
      },
      "apiServer.extraEnvs has A with a value of 129 KiB",
      "128 KiB",
    ],
    [
      "a NUL in a variable",
      { scheduler: { extraEnvs: [{ name: "A", value: "\0" }] } },
      "scheduler.extraEnvs has A",
      "NUL",
    ],
    [
      "a removed flag of the API server",
      { apiServer: { extraArgs: { "insecure-port": "0" } } },
      "--insecure-port",
      "1.36.3",
    ],
    [
      "a removed flag of kubelet",
      { kubelet: { extraArgs: { "container-runtime": "remote" } } },
      "--container-runtime",
      "kubelet.extraArgs",
    ],
    [
      "a removed kubelet flag of one node",
      {
        nodes: [
          node(1, { kubeletExtraArgs: { "container-runtime": "remote" } }),
        ],
      },
      "--container-runtime",
      "cp-1",
    ],
    [
      "certificates that outlive their CA",
      {
        certificateValidity: Duration.days(10),
        caCertificateValidity: Duration.days(9),
      },
      "240h",
      "216h",
    ],
    [
      "a CA that would be valid after the year 9999",
      { caCertificateValidity: Duration.days(3_000_000) },
      "72000000h",
      "2562047h",
    ],
  ]);
});

test("fails when a key algorithm is unknown", () => {
  expectHelpful(
    messageOf(() => KeyAlgorithm.of("RSA-1024")),
    '"RSA-1024"',
    "RSA-2048",
  );
});

describe("a version is refused", () => {
  refuses("%s", [
    ["without a patch", { kubernetesVersion: "1.36" }, "1.36.1"],
    ["that is older", { kubernetesVersion: "1.32.1" }, "older"],
    ["that is newer", { kubernetesVersion: "1.38.0" }, "newer", "Upgrade"],
    ["that is a word", { kubernetesVersion: "latest" }, "not a version"],
    ["that is none", { kubernetesVersion: "" }, "not a version"],
    ["with a blank", { kubernetesVersion: "1.36.3 " }, "not a version"],
    ["with a placeholder", { kubernetesVersion: "1.36.x" }, "not a version"],
  ]);
});
