import { resolve } from "node:path";
import { DEFAULT_WORKSPACE } from "../../store/workspace";
import type { TeardownRequest } from "../../request/request";
import { WORKSPACE } from "../../catalog/paths";
import type { ManifestResource, ManifestStore } from "../../request/manifest";
import type { Stack } from "./app";
import { readManifest } from "./manifest";

/** This library's resources, stores and outputs in a stack, as synthesis listed them in the manifest. */
export interface Contents {
  /** By Terraform address. All other resources of the stack are the user's. */
  readonly resources: ReadonlyMap<string, StackResource>;
  readonly stores: readonly StackStore[];
  /** The names of this library's outputs. All other outputs of the stack are the user's. */
  readonly outputs: ReadonlySet<string>;
}

export type StackResource = ManifestResource & { readonly store: StackStore };

export interface StackStore {
  readonly stack: string;
  readonly directory: string;
  readonly teardown: TeardownRequest;
  /** The addresses of its resources. */
  readonly addresses: readonly string[];
  /** The folder to which paths in requests are relative. */
  readonly base: string;
}

export function readContents(
  stack: Stack,
  workspace = DEFAULT_WORKSPACE,
): Contents {
  const manifest = readManifest(stack);
  const stores = (manifest?.stores ?? []).map((row) => ({
    rows: row.resources,
    store: storeOf(row, stack, {
      workspace,
      workingDirectory: manifest?.workingDirectory,
    }),
  }));
  return {
    resources: new Map(
      stores.flatMap(({ rows, store }) =>
        rows.map((row) => [row.address, { ...row, store }] as const),
      ),
    ),
    stores: stores.map(({ store }) => store),
    outputs: new Set(manifest?.outputs),
  };
}

function storeOf(
  { directory, resources }: ManifestStore,
  stack: Stack,
  about: Pick<TeardownRequest, "workspace" | "workingDirectory">,
): StackStore {
  const store = directory.replaceAll(WORKSPACE, () => about.workspace ?? "");
  const retainAuthorities = resources.every(
    (row) => row.kind !== "teardown" || row.retainAuthorities,
  );
  return {
    stack: stack.name,
    directory: resolve(stack.directory, store),
    teardown: {
      action: "teardown",
      store,
      stack: stack.name,
      ...about,
      retainAuthorities,
    },
    addresses: resources.map(({ address }) => address),
    base: stack.directory,
  };
}

/** The name that progress lines use for a resource that runs the agent; `undefined` for all other resources. */
export function titleOf(row: ManifestResource | undefined): string | undefined {
  switch (row?.kind) {
    case "batch":
    case "rollout":
      return row.title;
    case "teardown":
    case "signatures":
      return row.kind;
    default:
      return undefined;
  }
}
