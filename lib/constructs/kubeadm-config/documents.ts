import * as errors from "./errors";
import type { ConfigKind } from "../../catalog/config/fields";
import { describe, isObject } from "../../catalog/config/shape";
import { readYaml } from "./yaml";

export type Documents = Partial<
  Record<ConfigKind, Readonly<Record<string, unknown>>>
>;

const API_VERSIONS: Readonly<Record<ConfigKind, string>> = {
  InitConfiguration: "kubeadm.k8s.io/v1beta4",
  ClusterConfiguration: "kubeadm.k8s.io/v1beta4",
  KubeletConfiguration: "kubelet.config.k8s.io/v1beta1",
  KubeProxyConfiguration: "kubeproxy.config.k8s.io/v1alpha1",
};

const OTHER_COMMANDS = [
  "JoinConfiguration",
  "ResetConfiguration",
  "UpgradeConfiguration",
];

/** Reads the documents of a text, in any order, and returns them by kind, without apiVersion and kind. */
export function readDocuments(text: string): Documents {
  const documents: Documents = {};
  readYaml(text).forEach((document, index) => {
    if (!isObject(document))
      throw errors.notADocument(index + 1, describe(document));
    const { apiVersion, kind, ...fields } = document;
    const known = kindOf(apiVersion, kind, index + 1);
    if (documents[known]) throw errors.duplicateKind(known);
    documents[known] = fields;
  });
  if (!documents.InitConfiguration && !documents.ClusterConfiguration)
    throw errors.noKubeadmDocument();
  return documents;
}

function kindOf(
  apiVersion: unknown,
  kind: unknown,
  position: number,
): ConfigKind {
  if (
    typeof apiVersion !== "string" ||
    typeof kind !== "string" ||
    !apiVersion ||
    !kind
  ) {
    throw errors.noType(position);
  }
  const [group, version] = apiVersion.split("/");
  if (
    group === "kubeadm.k8s.io" &&
    /^v1(alpha\d+|beta[123])$/.test(version ?? "")
  ) {
    throw errors.oldVersion(apiVersion, kind);
  }
  if (
    group === "kubeadm.k8s.io" &&
    /^v(1beta([5-9]|\d\d+)|1|[2-9].*)$/.test(version ?? "")
  ) {
    throw errors.newVersion(apiVersion, kind);
  }
  if (group === "kubeadm.k8s.io" && OTHER_COMMANDS.includes(kind))
    throw errors.otherCommand(kind);
  if (
    !Object.hasOwn(API_VERSIONS, kind) ||
    API_VERSIONS[kind as ConfigKind] !== apiVersion
  ) {
    throw errors.unsupportedKind(apiVersion, kind);
  }
  return kind as ConfigKind;
}
