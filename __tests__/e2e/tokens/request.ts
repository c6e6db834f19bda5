import { placesOf, reference } from "../../../lib/render/references";
import { toYaml } from "../../../lib/render/yaml";
import type { ArtefactRequest } from "../../../lib/request/artefact";

export const TOKEN = "tokens/ci.token";
export const CONF = "kubeconfigs/ci.conf";

/** What a test asks of the token. */
export interface Asked {
  readonly name?: string;
  readonly namespace?: string;
  readonly lifetime?: string;
  readonly audiences?: readonly string[];
  readonly secret?: string;
}

/** The request of a token, and of a kubeconfig for a server. */
export function tokenRequest(
  { name = "ci", namespace = "team", ...asked }: Asked,
  server: string,
): ArtefactRequest {
  const spec = {
    serviceAccount: { namespace, name },
    ...(asked.secret ? {} : { lifetime: "1h" }),
    ...asked,
    kubeconfig: {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "test",
          cluster: {
            "certificate-authority-data": reference({ $base64: "pki/ca.crt" }),
            server,
          },
        },
      ],
      contexts: [
        { name: "ci", context: { cluster: "test", user: "ci", namespace } },
      ],
      "current-context": "ci",
      users: [{ name: "ci", user: { token: reference({ $token: "own" }) } }],
    },
  };
  return {
    kind: "service-account-token",
    purpose: "token of ci",
    files: `${TOKEN} 0600\n${CONF} 0600`,
    spec: toYaml(spec),
    references: placesOf([spec]),
    inputs: ["pki/ca.crt"],
    intact: "1",
  };
}
