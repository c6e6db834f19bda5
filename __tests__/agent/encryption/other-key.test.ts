import { otherKeyIn } from "../../../lib/agent/encryption/configuration";
import {
  encryptionConfiguration,
  type RenderedKey,
} from "../../../lib/render/encryption";
import { toYaml } from "../../../lib/render/yaml";

const configuration = (...keys: readonly RenderedKey[]): Buffer =>
  Buffer.from(
    toYaml(
      encryptionConfiguration([
        {
          resources: ["secrets"],
          providers: [
            { provider: "secretbox", keys },
            { provider: "identity", keys: [] },
          ],
        },
      ]),
    ),
  );

const STORE = new Map([
  [1, "first"],
  [2, "second"],
]);

test.each<[string, Buffer, number | undefined]>([
  [
    "the keys of the store",
    configuration(
      { generation: 2, secret: "second" },
      { generation: 1, secret: "first" },
    ),
    undefined,
  ],
  [
    "another key under the name of one",
    configuration(
      { generation: 2, secret: "second" },
      { generation: 1, secret: "lost" },
    ),
    1,
  ],
  [
    "a key of a name that the store does not know",
    configuration({ generation: 3, secret: "third" }),
    undefined,
  ],
  ["something that is no configuration", Buffer.from("a: ["), undefined],
])("a host that has %s", (_, content, other) => {
  expect(otherKeyIn(content, STORE)).toBe(other);
});
