import type { ComponentId } from "../../catalog/component-id";
import { KUBE_PROXY_FILES } from "../../catalog/kube-proxy";
import { KUBELET_FILES } from "../../catalog/kubelet";
import { KUBE_PROXY_DIR, UNITS_DIR } from "../../catalog/paths";
import {
  attempt,
  fields,
  flag,
  list,
  optional,
  record,
  text,
} from "../../base/shape";
import { readYaml } from "../../base/yaml";
import type { HostFile } from "../hosts/host";
import type { ComponentRequest, NodeRequest } from "../../request/request";
import type { SeenSetting } from "./seen";

const POD = fields({
  spec: fields({
    containers: list(fields({ command: optional(list(text)) })),
  }),
});
const CONFIGURATION = fields({ featureGates: optional(record(flag)) });

/** A flag in a unit or in a file with variables, as far as a blank or a quote. The name is all that most checks need. */
const WRITTEN_FLAG = /(?:^|[\s"'])(--[a-z0-9][a-z0-9.-]*(?:=[^\s"']*)?)/gm;

/** The flags and feature gates with which the components of a node run, according to its tree. A file that cannot be read has none. */
export function settingsOf(
  { name: node, components }: Pick<NodeRequest, "name" | "components">,
  tree: readonly HostFile[],
): SeenSetting[] {
  const fileAt = (path: string | undefined): string | undefined =>
    tree.find((each) => each.path === path)?.content.toString();
  return [
    ...components.flatMap((component) =>
      wordsOf(component, fileAt)
        .filter((word) => word.startsWith("--"))
        .map((word) => ({
          node,
          component: component.name as ComponentId,
          ...flagIn(word),
        })),
    ),
    ...gatesOfConfiguration(fileAt(KUBELET_FILES.configuration)).map(
      (setting) => ({ node, component: "kubelet" as const, ...setting }),
    ),
    ...gatesOfConfiguration(
      fileAt(`${KUBE_PROXY_DIR}/${KUBE_PROXY_FILES.configuration}`),
    ).map((setting) => ({
      node,
      component: "kube-proxy" as const,
      ...setting,
    })),
  ];
}

function flagIn(word: string): Pick<SeenSetting, "flag" | "value"> {
  const [, flag, value = ""] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  return { flag, value };
}

/** The words of the command of a component, however it runs. */
function wordsOf(
  { name, command, manifest, unit }: ComponentRequest,
  fileAt: (path: string | undefined) => string | undefined,
): readonly string[] {
  if (command !== undefined) return command;
  const pod = fileAt(manifest);
  if (pod !== undefined) {
    const { spec } = attempt(() => readYaml(pod, POD)) ?? {};
    return spec?.containers.flatMap((each) => each.command ?? []) ?? [];
  }
  const files = [
    fileAt(unit && `${UNITS_DIR}/${unit}`),
    name === "kubelet" ? fileAt(KUBELET_FILES.flags) : undefined,
  ];
  return files.flatMap((content = "") =>
    [...content.matchAll(WRITTEN_FLAG)].map(([, word]) => word),
  );
}

/** The feature gates of the configuration of kubelet or kube-proxy, as the flag that sets the same. */
export function gatesOfConfiguration(
  configuration: string | undefined,
): Pick<SeenSetting, "flag" | "value">[] {
  if (configuration === undefined) return [];
  const { featureGates = {} } =
    attempt(() => readYaml(configuration, CONFIGURATION)) ?? {};
  const gates = Object.entries(featureGates);
  return gates.length === 0
    ? []
    : [
        {
          flag: "feature-gates",
          value: gates.map(([gate, on]) => `${gate}=${on}`).join(","),
        },
      ];
}
