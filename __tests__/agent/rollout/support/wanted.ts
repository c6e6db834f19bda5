import type { HostFile } from "../../../../lib/agent/hosts/host";
import type { Present } from "../../../../lib/agent/rollout/present";
import { fromYaml } from "../../../../lib/base/yaml";
import { toYaml } from "../../../../lib/render/yaml";

export const NOTHING: Present = {
  hasEtcdData: false,
  kept: [],
  now: Date.now(),
};

export interface Pod {
  readonly metadata: object;
  readonly spec: {
    readonly containers: readonly { readonly command: readonly string[] }[];
  };
}

export const podOf = ({ content }: HostFile): Pod =>
  fromYaml(content.toString()) as Pod;

export function pod(name: string, ...flags: readonly string[]): string {
  const containers = [{ command: [name, ...flags] }];
  return toYaml({ metadata: { name }, spec: { containers } });
}

export function file(path: string, text: string): HostFile {
  return { path, content: Buffer.from(text), mode: 0o600, owner: "root:root" };
}
