import { Construct } from "constructs";
import type { Site, SiteNode } from "../../catalog/site";
import { etcdBackupFiles } from "../../render/etcd-backup";
import { textTemplate } from "../../terraform/template";
import { UNIT_QUOTE } from "./node-part";
import type { NodeTree } from "./node-tree";
import { SAVE_ETCD } from "./save-etcd";

/** Adds the files with which a node of etcd saves it, if the program wants that. */
export function addBackup(
  scope: Construct,
  tree: NodeTree,
  site: Site,
  node: SiteNode,
): void {
  const files = etcdBackupFiles(site, node, SAVE_ETCD, UNIT_QUOTE);
  if (files.length === 0) return;
  const part = new Construct(scope, "backup");
  for (const { id, text, ...file } of files)
    tree.text(part, id, { ...file, text: textTemplate(text) });
}
