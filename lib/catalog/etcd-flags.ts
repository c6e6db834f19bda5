import { frozen } from "./frozen";
import type { ExtraArgs, ExtraEnv } from "./site";

/** The flags of etcd that became feature gates in 3.6, without `experimental-`. */
export const ETCD_FEATURE_GATES: Readonly<Record<string, string>> = frozen({
  "initial-corrupt-check": "InitialCorruptCheck",
  "compact-hash-check-enabled": "CompactHashCheck",
  "enable-lease-checkpoint": "LeaseCheckpoint",
  "enable-lease-checkpoint-persist": "LeaseCheckpointPersist",
  "stop-grpc-service-on-defrag": "StopGRPCServiceOnDefrag",
  "txn-mode-write-with-shared-buffer": "TxnModeWriteWithSharedBuffer",
});

/** The flags of etcd that lost the prefix `experimental-` in 3.6. */
export const ETCD_STABLE_FLAGS: readonly string[] = frozen(
  (
    "bootstrap-defrag-threshold-megabytes compact-hash-check-time compaction-batch-limit " +
    "compaction-sleep-interval corrupt-check-time distributed-tracing-address " +
    "distributed-tracing-instance-id distributed-tracing-sampling-rate distributed-tracing-service-name " +
    "downgrade-check-time enable-distributed-tracing memory-mlock peer-skip-client-san-verification " +
    "snapshot-catchup-entries warning-apply-duration warning-unary-request-duration " +
    "watch-progress-notify-interval"
  ).split(" "),
);

const EXPERIMENTAL = "experimental-";
const GATES = "feature-gates";

/** What a flag sets, under its present name. An experimental flag sets the same as the flag or gate that replaced it. */
function settingOf(flag: string): string {
  if (!flag.startsWith(EXPERIMENTAL)) return flag;
  const name = flag.slice(EXPERIMENTAL.length);
  if (name in ETCD_FEATURE_GATES) return gate(ETCD_FEATURE_GATES[name]);
  return ETCD_STABLE_FLAGS.includes(name) ? name : flag;
}

const gate = (name: string): string => `${GATES}=${name}`;

/** What flags set. The gates of `feature-gates` are settings of their own. */
const settingsOf = (flag: string, values: string | readonly string[]) =>
  flag === GATES ? gatesIn(values).map(settingOfGate) : [settingOf(flag)];

const gatesIn = (values: string | readonly string[]): string[] =>
  [values].flat().flatMap((value) => value.split(","));

const settingOfGate = (text: string): string => gate(text.split("=")[0].trim());

/**
 * The default flags without those that set the same as a flag of the user's with another name: etcd 3.6 does not start with
 * both.
 */
export function withoutTwins(
  defaults: Readonly<Record<string, string>>,
  given: ExtraArgs,
): Record<string, string> {
  const set = new Set(
    Object.entries(given).flatMap(([flag, values]) => settingsOf(flag, values)),
  );
  return Object.fromEntries(
    Object.entries(defaults).flatMap(([flag, value]) => {
      if (flag in given) return [[flag, value]];
      if (flag !== GATES)
        return set.has(settingOf(flag)) ? [] : [[flag, value]];
      const kept = gatesIn(value).filter(
        (each) => !set.has(settingOfGate(each)),
      );
      return kept.length > 0 ? [[flag, kept.join(",")]] : [];
    }),
  );
}

/** Two flags that set the same under different names; `undefined` if there are none. */
export function twinsIn(
  ...given: readonly ExtraArgs[]
): [string, string] | undefined {
  const flagOf = new Map<string, string>();
  for (const [flag, values] of given.flatMap((args) => Object.entries(args)))
    for (const setting of settingsOf(flag, values)) {
      const other = flagOf.get(setting);
      if (other !== undefined && other !== flag) return [other, flag];
      flagOf.set(setting, flag);
    }
  return undefined;
}

/** The environment variables of etcd as flags. etcd reads a variable for each flag that is not set. */
export const etcdVariables = (
  variables: readonly ExtraEnv[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    variables
      .filter(({ name }) => name.startsWith(PREFIX))
      .map(({ name, value = "" }) => [
        name.slice(PREFIX.length).toLowerCase().replaceAll("_", "-"),
        value,
      ]),
  );

const PREFIX = "ETCD_";

/** The variable that etcd reads for a flag. */
export const variableOf = (flag: string): string =>
  PREFIX + flag.toUpperCase().replaceAll("-", "_");
