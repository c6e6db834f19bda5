import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { MergedKubeconfigSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { entriesKept } from "../../terraform/merged-entries";
import { type Store } from "../../terraform/store";
import { fromStack } from "../../terraform/store-folder";
import { hasToken } from "../../terraform/expression";
import { yamlTemplate } from "../../terraform/template";
import * as errors from "../site/access-errors";
import { MODES } from "../files";
import type { Kubeconfig } from "../pki/kubeconfig";
import { isDnsLabel } from "../hosts";
import { ServiceAccountToken } from "./service-account-token";
import { checkProps } from "../../props/check";

/** A kubeconfig as a context of a merged one. */
export interface MergedContext {
  /** A person's, or a service account's, of any cluster of the stack. */
  readonly kubeconfig: Kubeconfig | ServiceAccountToken;

  /** The name of the context, as `kubectl config use-context` takes it. A literal. */
  readonly context: string;

  /**
   * The namespace of the context.
   * @default - the kubeconfig's own
   */
  readonly namespace?: string;
}

/** Which kubeconfigs are merged, and where. */
export interface MergedKubeconfigProps {
  /** One context for each. With none and a `path`, what was merged there is taken out again. */
  readonly kubeconfigs: readonly MergedContext[];

  /**
   * The context that is chosen where it is merged, once: whatever people choose later stays.
   * @default - the first, where none is chosen
   */
  readonly currentContext?: string;

  /**
   * A kubeconfig of the user's that they are merged into as well, `~/.kube/config` for example: absolute, from `~/`, or
   * relative to the working directory. What others have in it stays as it is.
   * @default - only a file of the store
   */
  readonly path?: string;

  /**
   * Where the file is kept, and what is known of `path`.
   * @default - the store of the first kubeconfig
   */
  readonly store?: Store;
}

/**
 * Kubeconfigs of several clusters and people in one file, `kubeconfigs/<id>.conf` of the store, and merged into one of the
 * user's own. On destroy they are taken out of it again.
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
      // A token may be made anew without a change of what is wanted.
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
      while: path === undefined ? undefined : entriesKept(store, file, path),
    });
  }

  /** The file in the store, absolute; known once it is made. */
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
        throw errors.kubeconfigElsewhere(
          id,
          kubeconfig.node.path,
          stack,
          other,
        );
    });
    if (currentContext !== undefined && !names.includes(currentContext))
      throw errors.unknownContext(id, currentContext, names);
  }

  /** As Terraform and the agent find it. */
  private validPath(id: string, path: string): string {
    const isFile = !hasToken(path) && !/\p{Cc}|\/$|^$|^~(?!\/)/u.test(path);
    if (!isFile) throw errors.invalidKubeconfigPath(id, path);
    return path.startsWith("~/") ? path : fromStack(this, path);
  }
}

const fileOf = (kubeconfig: MergedContext["kubeconfig"]): string =>
  kubeconfig instanceof ServiceAccountToken
    ? kubeconfig.kubeconfigFile
    : kubeconfig.artefact.name;
