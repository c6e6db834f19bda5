import { mergeArguments } from "../catalog/arguments";
import {
  KUBELET_FILES,
  KUBELET_FLAGS_VARIABLE,
  KUBELET_FORCED,
  KUBELET_SERVICE,
  kubeletArguments,
  kubeletDefaults,
  kubeletExtraArgs,
  socketIsLocal,
} from "../catalog/kubelet";
import type { Site, SiteNode } from "../catalog/site";
import { withDefaults } from "./defaults";
import { registeredTaints, withRegistration } from "./registration";
import type { UnitQuote } from "./unit";

/** A file of a node. Its content is a text, or an object that is written as YAML. */
export interface RenderedFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string | object;
  /** The flags of kubelet that the file contains. */
  readonly flags?: readonly string[];
}

/** The configuration that all kubelets of the cluster share. */
export function kubeletConfiguration(site: Site): Record<string, unknown> {
  return {
    ...withDefaults(kubeletDefaults(site), site.kubelet.config),
    ...KUBELET_FORCED,
  };
}

/** The mode of kubelet's configuration, and of what starts kubelet. */
export const kubeletFileMode = ({ hardening }: Site): string =>
  hardening === undefined ? "0644" : "0600";

/** @see https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/ */
export function kubeletFiles(
  site: Site,
  node: SiteNode,
  quote: Pick<UnitQuote, "fileVariableWord">,
): RenderedFile[] {
  const instance = { containerRuntimeEndpoint: node.criSocket };
  const configuration = {
    ...kubeletConfiguration(site),
    ...registeredTaints(site, node),
  };
  const mode = kubeletFileMode(site);
  const file: RenderedFile = {
    path: KUBELET_FILES.configuration,
    mode,
    content: socketIsLocal(site)
      ? { ...configuration, ...instance }
      : configuration,
  };
  // With systemd, this library's own unit contains everything else.
  if (site.runtime.kind === "systemd") return [file];
  return [
    file,
    ...(socketIsLocal(site)
      ? [{ path: KUBELET_FILES.instanceConfiguration, mode, content: instance }]
      : []),
    { ...flagsFile(site, node, quote), mode },
    ...(node.hosted
      ? [{ path: KUBELET_FILES.dropIn, mode, content: dropIn() }]
      : []),
  ];
}

/** The flags file, as kubeadm writes it, except that values are escaped so that each flag stays one word. */
function flagsFile(
  site: Site,
  node: SiteNode,
  quote: Pick<UnitQuote, "fileVariableWord">,
): Omit<RenderedFile, "mode"> {
  const flags = kubeletFlags(site, node);
  const words = flags.map((flag) => quote.fileVariableWord(flag));
  return {
    path: KUBELET_FILES.flags,
    content: `${KUBELET_FLAGS_VARIABLE}="${words.join(" ")}"\n`,
    flags,
  };
}

const dropIn = (): string => ["[Service]", ...KUBELET_SERVICE, ""].join("\n");

/** All flags of a node's kubelet. */
export const kubeletFlags = (site: Site, node: SiteNode): string[] =>
  mergeArguments(
    kubeletArguments(site, node),
    withRegistration(site, node, kubeletExtraArgs(site, node)),
  );
