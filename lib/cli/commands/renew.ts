import type { RenewalRequest } from "../../request/request";
import { Store } from "../../store/store";
import { count } from "../output";
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

/** What gets new keys in one store. */
interface StoreRenewals {
  readonly stack: Stack;
  readonly store: StackStore;
  readonly renewals: readonly Renewable[];
}

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
  const all = stacks.flatMap((stack) => renewablesOf(stack, workspace));
  const chosen = new Set(
    selectRenewals(
      all.flatMap(({ renewals }) => renewals),
      { names, nodes, stacks: workspace.stacks.map(({ name }) => name) },
    ),
  );
  const asked = all
    .map(({ renewals, ...place }) => ({
      ...place,
      renewals: renewals.filter((one) => chosen.has(one)),
    }))
    .filter(({ renewals }) => renewals.length > 0);
  const affected = stacks.filter((one) =>
    asked.some(({ stack }) => stack === one),
  );
  const deployment = `cdktf-control-plane deploy ${affected.map(({ name }) => name).join(" ")}`;
  const takeBack = async (): Promise<void> => {
    for (const each of asked)
      if (!workspace.applied.has(each.stack))
        await record(newIn(each), true, context);
  };
  try {
    for (const each of asked) {
      tell(each, context);
      if (!(await record(each, false, context))) {
        await takeBack();
        return 1;
      }
    }
    if (noDeploy) {
      output.say(`The next deploy makes them: ${deployment}`);
      return 0;
    }
    return await deployStacks(affected, workspace, options, context);
  } catch (error) {
    await takeBack();
    // The same command would ask once more for what is made already.
    if (error instanceof Interrupted && workspace.applied.size > 0)
      throw new Interrupted(deployment);
    throw error;
  }
}

function tell(
  { stack, store: place, renewals }: StoreRenewals,
  { output }: Context,
): void {
  const store = shownPath(place.directory);
  output.note(`${store}: ${count(renewals.length, "new key")} asked for`);
  for (const line of renewalLines(renewals)) output.note(`  ${line}`);
  const files = renewals.flatMap((each) => each.files);
  output.event("newKeys", { stack: stack.name, store, files });
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
function renewablesOf(stack: Stack, workspace: Workspace): StoreRenewals[] {
  const { stores, resources } = workspace.contentsOf(stack);
  return stores.map((place) => {
    const store = new Store(place.directory);
    refuseIrregularFiles(store);
    const fingerprints = new Map(
      readCertificates(store).certificates.flatMap(({ files, facts }) =>
        files.map((file) => [file, facts.x509.fingerprint256] as const),
      ),
    );
    const renewals = [...resources.values()].flatMap((row): Renewable[] => {
      if (row.kind !== "artefact" || row.store !== place || !hasKey(row))
        return [];
      const { of: kind, files } = row;
      const [file] = files;
      const certificate = fingerprints.get(file);
      return [{ of: kind, files, stamp: store.stamp(file), certificate }];
    });
    return { stack, store: place, renewals };
  });
}

/** Those that nobody had asked for before. */
const newIn = ({ renewals, ...place }: StoreRenewals): StoreRenewals => ({
  ...place,
  renewals: renewals.filter(({ stamp }) => !stamp?.renewal),
});

/** Asks for new keys in the store, or takes that back. Returns whether it succeeded; if not, the error is printed. */
async function record(
  { store: { teardown, base }, renewals }: StoreRenewals,
  takenBack: boolean,
  context: Context,
): Promise<boolean> {
  const { store, stack, workspace, workingDirectory } = teardown;
  const request: RenewalRequest = {
    action: "renewal",
    store,
    stack,
    workspace,
    workingDirectory,
    certificates: fingerprintsOf(renewals),
    takenBack,
  };
  const isDone = await runChange(request, base, context);
  if (!takenBack) context.children.throwIfInterrupted();
  return isDone;
}
