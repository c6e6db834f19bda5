import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { MergedKubeconfigSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { entriesKept } from "../../terraform/merged-entries";
import { type Store } from "../../terraform/store";
import { hasToken } from "../../terraform/expression";
import { yamlTemplate } from "../../terraform/template";
import * as errors from "../site/access-errors";
import { MODES, pathForAgent } from "../files";
import type { Kubeconfig } from "../pki/kubeconfig";
import { isDnsLabel } from "../hosts";
import { ServiceAccountToken } from "./service-account-token";
import { checkProps } from "../../props/check";

/** A kubeconfig that becomes a context of a merged kubeconfig. */
export interface MergedContext {
  /** The kubeconfig of a person or of a service account, from any cluster of the stack. */
  readonly kubeconfig: Kubeconfig | ServiceAccountToken;

  /** The name of the context, for `kubectl config use-context`. A literal. */
  readonly context: string;

  /**
   * The namespace of the context.
   * @default - the namespace in the kubeconfig
   */
  readonly namespace?: string;
}

/** Which kubeconfigs to merge, and into which file. */
export interface MergedKubeconfigProps {
  /**
   * The kubeconfigs; each becomes one context. An empty list with a `path` removes the entries that were merged into
   * it.
   */
  readonly kubeconfigs: readonly MergedContext[];

  /**
   * The context to select. It is set once; a later choice by the user stays.
   * @default - the first context, if no context is selected yet
   */
  readonly currentContext?: string;

  /**
   * A user's own kubeconfig into which they are merged as well, for example `~/.kube/config`: absolute, below `~/`, or
   * relative to the working directory. All other entries in it stay as they are.
   * @default - they are merged only into a file in the store
   */
  readonly path?: string;

  /**
   * The store for the merged file and for the record of what was merged into `path`.
   * @default - the store of the first kubeconfig
   */
  readonly store?: Store;
}

/**
 * Merges the kubeconfigs of several clusters and people into one file, `kubeconfigs/<id>.conf` in the store, and
 * optionally into a user's own kubeconfig. Destroy removes the entries from it again.
 */
export class MergedKubeconfig extends Construct {
  /** @internal */
  readonly artefact: Artefact;

  constructor(scope: Construct, id: string, props: MergedKubeconfigProps) {
    super(scope, id);
    checkProps("MergedKubeconfigProps", props, `MergedKubeconfig "${id}"`);
    const { kubeconfigs, currentContext } = props;
    const store = props.store ?? kubeconfigs[0]?.kubeconfig.artefact.store;
    if (!store || (kubeconfigs.length === 0 && props.path === undefined))
      throw errors.nothingToMerge(id);
    this.validate(id, props);
    const path = props.path && this.validPath(id, props.path);
    const file = `kubeconfigs/${id}.conf`;
    const spec: MergedKubeconfigSpec = {
      contexts: kubeconfigs.map(({ context, kubeconfig, namespace }) => ({
        name: context,
        kubeconfig: kubeconfig.artefact.store.pathOf(fileOf(kubeconfig)),
        ...(namespace !== undefined && { namespace }),
      })),
      ...(currentContext !== undefined && { currentContext }),
      ...(path !== undefined && { path }),
    };
    const batch = new Batch(this, "batch", {
      store,
      name: file,
      title: file,
      // A token may be renewed although its spec did not change.
      after: kubeconfigs.flatMap(({ kubeconfig }) =>
        kubeconfig instanceof ServiceAccountToken
          ? [kubeconfig.artefact.batch]
          : [],
      ),
    });
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch,
      kind: "merged-kubeconfig",
      purpose: `kubeconfig ${id}`,
      files: [
        { path: file, mode: MODES.private },
        ...(path === undefined
          ? []
          : [{ path: `kubeconfigs/${id}.merged.json`, mode: MODES.private }]),
      ],
      spec: yamlTemplate(spec, toYaml),
      afterRollout: true,
      upstream: [
        ...new Set(kubeconfigs.map(({ kubeconfig }) => kubeconfig.artefact)),
      ],
      intactWhile:
        path === undefined ? undefined : entriesKept(store, file, path),
    });
  }

  /** The absolute path of the file in the store. Known after the apply. */
  get path(): string {
    return this.artefact.pathOf(this.artefact.files[0], "path");
  }

  private validate(id: string, props: MergedKubeconfigProps): void {
    const { kubeconfigs, currentContext } = props;
    const names = kubeconfigs.map(({ context }) => context);
    kubeconfigs.forEach(({ context, kubeconfig, namespace }, at) => {
      if (!/^[\w.@:/+-]+$/.test(context))
        throw errors.invalidContext(id, context);
      if (names.indexOf(context) < at)
        throw errors.duplicateContext(id, context);
      if (namespace !== undefined && !isDnsLabel(namespace))
        throw errors.invalidNamespace(`The context "${context}"`, namespace);
      const stack = TerraformStack.of(this).node.id;
      const other = TerraformStack.of(kubeconfig).node.id;
      if (stack !== other)
        throw errors.kubeconfigInOtherStack(
          id,
          kubeconfig.node.path,
          stack,
          other,
        );
    });
    if (currentContext !== undefined && !names.includes(currentContext))
      throw errors.unknownContext(id, currentContext, names);
  }

  /** The path in the form that Terraform and the agent resolve. */
  private validPath(id: string, path: string): string {
    const isFile = !hasToken(path) && !/\p{Cc}|\/$|^$|^~(?!\/)/u.test(path);
    if (!isFile) throw errors.invalidKubeconfigPath(id, path);
    return pathForAgent(this, path);
  }
}

const fileOf = (kubeconfig: MergedContext["kubeconfig"]): string =>
  kubeconfig instanceof ServiceAccountToken
    ? kubeconfig.kubeconfigFile
    : kubeconfig.artefact.name;
