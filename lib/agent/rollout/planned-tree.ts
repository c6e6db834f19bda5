import { isManifest } from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import { attempt } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import type { PlannedFile } from "../../request/request";
import type { HostFile } from "../hosts/host";
import { POD, type Pod } from "./etcd-initial-flags";

/** The tree of a node after the planned files are made. The content of some files is not known before that. */
export function plannedTree(
  node: string,
  present: readonly HostFile[],
  files: readonly PlannedFile[],
): HostFile[] {
  const root = `nodes/${node}/root`;
  const planned = new Map(
    files
      .filter(({ path }) => path.startsWith(`${root}/`))
      .map((file) => [file.path.slice(root.length), file]),
  );
  const made = [...planned].flatMap(([path, { mode, owner, content }]) => {
    if (mode === undefined) return [];
    const before = present.find((file) => file.path === path)?.content;
    return {
      path,
      mode: parseInt(mode, 8),
      owner: owner ?? "root:root",
      content:
        content === undefined
          ? placeholder(path, before)
          : Buffer.from(content),
    };
  });
  return [...present.filter(({ path }) => !planned.has(path)), ...made];
}

const PLACEHOLDER = "cdktf-control-plane/planned";

/** A placeholder for content that is not known yet: it differs from the present content, but means the same. */
function placeholder(path: string, before: Buffer = Buffer.alloc(0)): Buffer {
  return isManifest(path)
    ? Buffer.from(toYaml(withPlaceholder(before)))
    : Buffer.concat([before, Buffer.from(`# ${PLACEHOLDER}\n`)]);
}

/** kubelet restarts a pod if the pod itself differs, not if only the text of its manifest does. */
function withPlaceholder(manifest: Buffer): Pod {
  const pod = attempt(() => readYaml(manifest, POD)) ?? NO_POD;
  const { metadata } = pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [PLACEHOLDER]: "" },
    },
  };
}

const NO_POD: Pod = {
  metadata: { name: "", annotations: {} },
  spec: { containers: [] },
};
