import type { ApiObject } from "../../lib/agent/cluster/api-object";
import { withoutEdited } from "../../lib/agent/cluster/edited-configuration";
import {
  GENERATED_HASH,
  GIVEN_COREFILE,
} from "../../lib/catalog/edited-configuration";

const OURS = "cdktf-control-plane";

const configMap = (
  name: string,
  data: Record<string, string>,
  metadata: Partial<ApiObject["metadata"]> & { managedFields?: unknown } = {},
): ApiObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "kube-system", ...metadata },
  data,
});

/** What an API server records of who wrote which fields. */
const writtenBy = (manager: string, ...fields: string[]) => ({
  manager,
  operation: "Update",
  fieldsV1: {
    "f:data": Object.fromEntries(fields.map((field) => [`f:${field}`, {}])),
  },
});

const generated = configMap("coredns", { Corefile: "default" });
const liveOf = (text: string, ...managedFields: unknown[]) =>
  configMap("coredns", { Corefile: text }, { managedFields });

test("an edited Corefile is left out of what is applied, and named", () => {
  const { object, edited } = withoutEdited(
    generated,
    liveOf("mine", writtenBy("kubectl-edit", "Corefile")),
    OURS,
  );
  expect(object.data).toEqual({});
  expect(edited).toMatchObject({
    field: "Corefile",
    editor: "kubectl-edit",
    prop: "dns.corefile",
  });
});

test("an edited configuration loses the hash, and keeps the other fields", () => {
  const { object } = withoutEdited(
    configMap(
      "kube-proxy",
      { "config.conf": "default", "kubeconfig.conf": "k" },
      { annotations: { [GENERATED_HASH]: "sha256:1", other: "stays" } },
    ),
    configMap(
      "kube-proxy",
      { "config.conf": "mine", "kubeconfig.conf": "k" },
      { managedFields: [writtenBy("kubectl-edit", "config.conf")] },
    ),
    OURS,
  );
  expect(object.data).toEqual({ "kubeconfig.conf": "k" });
  expect(object.metadata.annotations).toEqual({ other: "stays" });
});

test.each<[string, ApiObject, ApiObject | undefined]>([
  ["that does not exist yet", generated, undefined],
  [
    "that is equal to the generated one",
    generated,
    liveOf("default", writtenBy("kubectl-edit", "Corefile")),
  ],
  [
    "that we wrote for another version",
    generated,
    liveOf("older", writtenBy(OURS, "Corefile")),
  ],
  ["of which nobody knows who wrote it", generated, liveOf("older")],
  [
    "whose other fields somebody wrote",
    generated,
    liveOf("older", writtenBy("kubectl-edit", "Corefile-backup")),
  ],
  [
    "which the program gives itself",
    configMap(
      "coredns",
      { Corefile: "given" },
      { annotations: { [GIVEN_COREFILE]: "from the program" } },
    ),
    liveOf("mine", writtenBy("kubectl-edit", "Corefile")),
  ],
  [
    "of another ConfigMap",
    configMap("other", { Corefile: "default" }),
    configMap(
      "other",
      { Corefile: "mine" },
      { managedFields: [writtenBy("kubectl-edit", "Corefile")] },
    ),
  ],
])("a configuration is applied %s", (_, object, live) => {
  expect(withoutEdited(object, live, OURS)).toEqual({ object });
});
