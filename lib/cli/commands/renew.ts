import { Store } from "../../store/store";
import { runChange } from "../plan/agent";
import type { Stack } from "../plan/app";
import { Interrupted } from "../plan/children";
import type { StackStore } from "../plan/contents";
import {
  fingerprintsOf,
  hasKey,
  type Renewable,
  renewalLines,
  selectRenewals,
} from "../plan/renewals";
import { readCertificates } from "../plan/store-certificates";
import { refuseIrregularFiles } from "../plan/store-problems";
import { type Context, Workspace } from "../plan/workspace";
import { shownPath } from "../text";
import { type DeployOptions, deployStacks } from "./deploy";

export interface RenewOptions extends DeployOptions {
  /** The nodes to which it is restricted; all if there are none. */
  readonly nodes: readonly string[];
  /** Whether to ask for the new keys only, without a deploy. */
  readonly noDeploy: boolean;
}

type Found = Renewable & { readonly store: StackStore };

/**
 * Asks for new keys in the stamps of the stores, and then deploys. Any plan from then on holds them, so that a run which
 * is killed in between is continued by a deploy or a plain apply.
 */
export async function renew(
  words: readonly string[],
  { nodes, noDeploy, ...options }: RenewOptions,
  context: Context,
): Promise<number> {
  const { output } = context;
  const workspace = await Workspace.open(context);
  const { stacks, names } = stacksAndNames(words, workspace.stacks);
  workspace.checkStores(stacks);
  const found = stacks.flatMap((stack) => renewablesOf(stack, workspace));
  const chosen = selectRenewals(found, {
    names,
    nodes,
    stacks: workspace.stacks.map(({ name }) => name),
  });
  const stores = [...new Set(chosen.map(({ store }) => store))];
  const inStore = (store: StackStore): Found[] =>
    chosen.filter((one) => one.store === store);
  for (const store of stores) {
    output.say(`${shownPath(store.directory)}: new keys are asked for`);
    for (const line of renewalLines(inStore(store))) output.say(`  ${line}`);
    if (!(await record(store, inStore(store), false, context))) return 1;
  }
  const affected = stacks.filter(({ name }) =>
    stores.some(({ stack }) => stack === name),
  );
  const deployment = `cdktf-control-plane deploy ${affected.map(({ name }) => name).join(" ")}`;
  if (noDeploy) {
    output.say(`The next deploy makes them: ${deployment}`);
    return 0;
  }
  let isTakenBack = false;
  const declined = async (): Promise<void> => {
    isTakenBack = true;
    for (const store of stores) {
      // What was asked for earlier stays asked for.
      const own = inStore(store).filter(({ stamp }) => !stamp?.renewal);
      await record(store, own, true, context);
    }
  };
  try {
    return await deployStacks(
      affected,
      workspace,
      { ...options, declined },
      context,
    );
  } catch (error) {
    // To run the same command again would ask for what is made already.
    if (error instanceof Interrupted && !isTakenBack)
      throw new Interrupted(deployment);
    throw error;
  }
}

/** Words that are names of stacks, and the others, which are names of certificates. Without a stack, it is all of them. */
function stacksAndNames(words: readonly string[], stacks: readonly Stack[]) {
  const named = stacks.filter(({ name }) => words.includes(name));
  return {
    stacks: named.length > 0 ? named : stacks,
    names: words.filter((word) => named.every(({ name }) => name !== word)),
  };
}

/** Everything with a key that the stack has in its stores. */
function renewablesOf(stack: Stack, workspace: Workspace): Found[] {
  const { stores, resources } = workspace.contentsOf(stack);
  return stores.flatMap((place) => {
    const store = new Store(place.directory);
    refuseIrregularFiles(store);
    const { certificates } = readCertificates(store);
    const fingerprints = new Map(
      certificates.flatMap(({ files, facts }) =>
        files.map((file) => [file, facts.x509.fingerprint256] as const),
      ),
    );
    return [...resources.values()].flatMap((row): Found[] =>
      row.kind === "artefact" && row.store === place && hasKey(row)
        ? [
            {
              store: place,
              of: row.of,
              files: row.files,
              stamp: store.stamp(row.files[0]),
              certificate: fingerprints.get(row.files[0]),
            },
          ]
        : [],
    );
  });
}

/** Asks for these renewals in the store, or takes that back. Returns whether it succeeded; if not, the error is printed. */
const record = (
  { teardown: { store, stack, workspace, workingDirectory }, base }: StackStore,
  renewals: readonly Renewable[],
  takenBack: boolean,
  context: Context,
): Promise<boolean> =>
  runChange(
    {
      action: "renewal",
      store,
      stack,
      workspace,
      workingDirectory,
      certificates: fingerprintsOf(renewals),
      takenBack,
    },
    base,
    context,
  );
