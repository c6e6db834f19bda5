import type { ParsedArtefact } from "../../lib/store/artefacts";
import { makeSecret } from "../../lib/agent/make/secret";
import type { BuildContext } from "../../lib/agent/make/maker";
import { vrrpSecretSpec } from "../../lib/render/endpoint-vip";
import { toYaml } from "../../lib/render/yaml";

const artefact = {
  path: "pki/vrrp.secret",
  spec: toYaml(vrrpSecretSpec()),
} as ParsedArtefact;

async function made(present?: string): Promise<string> {
  const context = {
    read: () => (present === undefined ? undefined : Buffer.from(present)),
  } as unknown as BuildContext;
  const { contents } = await makeSecret(artefact, context);
  return String(contents[0]);
}

test("a secret is valid for VRRP, and differs each time", async () => {
  const secrets = await Promise.all(Array.from({ length: 50 }, () => made()));
  for (const secret of secrets)
    expect(secret).toMatch(/^auth_pass [A-Za-z0-9]{8}\n$/);
  expect(new Set(secrets).size).toBe(50);
});

test("an existing secret stays", async () => {
  const secret = await made();
  expect(await made(secret)).toBe(secret);
});

test.each(["", "auth_pass short\n", "auth_pass a b c d e\n", "a1B2c3D4\n"])(
  "an invalid secret is made again: %j",
  async (present) => expect(await made(present)).not.toBe(present),
);
