import { Encryption, type EncryptionProps, Etcd } from "../../lib";
import { host, node, token } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { refuses } from "./support/refusals";

const SECRETS = Encryption.secretbox({ resources: ["secrets"], generation: 1 });

describe("what could not be encrypted, or not be proved, is refused", () => {
  refuses("fails with %s", [
    [
      "an external etcd",
      {
        nodes: [host(1)],
        encryption: SECRETS,
        etcd: Etcd.external({ endpoints: ["http://etcd:2379"] }),
      },
      "etcd is external",
    ],
    [
      "nodes whose files stay in directories",
      { nodes: [node(1)], encryption: SECRETS },
      "NodeAccess.ssh",
    ],
    [
      "a flag that names a configuration of the user",
      {
        nodes: [host(1)],
        encryption: SECRETS,
        apiServer: { extraArgs: { "encryption-provider-config": "/own.yaml" } },
      },
      'apiServer.extraArgs["encryption-provider-config"]',
    ],
  ]);

  test.each<[string, EncryptionProps, ...string[]]>([
    [
      "a generation of zero",
      { resources: ["secrets"], generation: 0 },
      "encryption.generation is 0",
    ],
    [
      "a generation that is no whole number",
      { resources: ["secrets"], generation: 1.5 },
      "1.5",
    ],
    ["no resource", { resources: [], generation: 1 }, "is empty"],
    [
      "a resource that does not exist",
      { resources: ["secrets", "configmap"], generation: 1 },
      'encryption.resources[1] is "configmap"',
      "Did you mean configmaps?",
    ],
    [
      "a resource without its group",
      { resources: ["deployments"], generation: 1 },
      "deployments.apps",
    ],
    ["a wildcard", { resources: ["*.*"], generation: 1 }, "wildcards"],
    [
      "a resource that is known only at apply",
      { resources: [token], generation: 1 },
      "known only at apply",
    ],
    [
      "a resource twice",
      { resources: ["secrets", "secrets"], generation: 1 },
      "encryption.resources[1]",
    ],
  ])("fails with %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => Encryption.secretbox(props)),
      ...parts,
    );
  });
});
