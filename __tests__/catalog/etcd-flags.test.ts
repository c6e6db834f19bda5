import {
  ETCD_FEATURE_GATES,
  ETCD_STABLE_FLAGS,
  etcdVariables,
  twinsIn,
  variableOf,
  withoutTwins,
} from "../../lib/catalog/etcd-flags";

const STABLE = {
  name: "cp-1",
  "feature-gates": "InitialCorruptCheck=true,CompactHashCheck=true",
  "watch-progress-notify-interval": "5s",
};

describe("a flag of the user's replaces the default that sets the same", () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    [
      "an experimental flag for a gate",
      { "experimental-initial-corrupt-check": "true" },
      { ...STABLE, "feature-gates": "CompactHashCheck=true" },
    ],
    [
      "experimental flags for all gates",
      {
        "experimental-initial-corrupt-check": "false",
        "experimental-compact-hash-check-enabled": "true",
      },
      { name: "cp-1", "watch-progress-notify-interval": "5s" },
    ],
    [
      "an experimental flag for the flag that replaced it",
      { "experimental-watch-progress-notify-interval": "3s" },
      { name: "cp-1", "feature-gates": STABLE["feature-gates"] },
    ],
    ["a flag of the same name stays", { "feature-gates": "A=true" }, STABLE],
    ["others stay", { "experimental-corrupt-check-time": "1h" }, STABLE],
  ])("%s", (_, given, left) =>
    expect(withoutTwins(STABLE, given)).toEqual(left),
  );

  test("the other way round, with an etcd that has only experimental flags", () =>
    expect(
      withoutTwins(
        {
          "experimental-initial-corrupt-check": "true",
          "experimental-watch-progress-notify-interval": "5s",
        },
        {
          "feature-gates": "LeaseCheckpoint=true, InitialCorruptCheck=false",
          "watch-progress-notify-interval": "1s",
        },
      ),
    ).toEqual({}));
});

describe("two flags that set the same are found", () => {
  test.each(Object.entries(ETCD_FEATURE_GATES))(
    "--experimental-%s and its gate",
    (flag, gate) => {
      const experimental = `experimental-${flag}`;
      const gates = { "feature-gates": ["A=true", `B=true,${gate}=false`] };
      expect(twinsIn({ [experimental]: "true", ...gates })).toEqual([
        experimental,
        "feature-gates",
      ]);
    },
  );

  test.each(ETCD_STABLE_FLAGS)("--experimental-%s and --%s", (flag) =>
    expect(twinsIn({ [flag]: "1", [`experimental-${flag}`]: "1" })).toEqual([
      flag,
      `experimental-${flag}`,
    ]),
  );

  test("but not in flags that set different things, or a gate twice", () =>
    expect(
      twinsIn({
        "feature-gates": "A=true,A=false",
        "experimental-initial-corrupt-check": "true",
        "experimental-no-such-flag": "true",
        "no-such-flag": "true",
      }),
    ).toBeUndefined());
});

test("the variables of etcd are its flags", () => {
  expect(
    etcdVariables([
      { name: "ETCD_SNAPSHOT_COUNT", value: "100" },
      { name: "GOMAXPROCS", value: "2" },
    ]),
  ).toEqual({ "snapshot-count": "100" });
  expect(variableOf("snapshot-count")).toBe("ETCD_SNAPSHOT_COUNT");
});
