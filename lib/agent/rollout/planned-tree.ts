import { isManifest } from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import { attempt } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import type { PlannedFile } from "../../request/request";
import type { HostFile } from "../hosts/host";
import { POD, type Pod } from "./etcd-birth";

/** What a node will have once the files that are planned are made. What is in some of them nobody knows before. */
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
        content === undefined ? differing(path, before) : Buffer.from(content),
    };
  });
  return [...present.filter(({ path }) => !planned.has(path)), ...made];
}

const UNKNOWN = "cdktf-control-plane/planned";

/** Stands for what is not known yet: another content than before, which is read as the same. */
function differing(path: string, before: Buffer = Buffer.alloc(0)): Buffer {
  return isManifest(path)
    ? Buffer.from(toYaml(annotated(before)))
    : Buffer.concat([before, Buffer.from(`# ${UNKNOWN}\n`)]);
}

/** kubelet starts a pod anew where the pod is another one, not where only its text is. */
function annotated(manifest: Buffer): Pod {
  const pod = attempt(() => readYaml(manifest, POD)) ?? NO_POD;
  const { metadata } = pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [UNKNOWN]: "" },
    },
  };
}

const NO_POD: Pod = { metadata: { name: "" }, spec: { containers: [] } };
