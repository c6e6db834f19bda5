import {
  type CheckedUpgrade,
  exitCodeOf,
  upgradeLines,
} from "../../lib/cli/report/upgrade-lines";
import { PLAIN } from "../../lib/cli/output";

const finding = (
  about: string,
  severity: "error" | "warning",
  problem: string,
) => ({ about, severity, problem, remedy: "Mend it." });
const checked = (change: Partial<CheckedUpgrade>): CheckedUpgrade => ({
  store: "clusters/prod",
  clusterName: "prod",
  from: "v1.36.3",
  to: "v1.37.1",
  findings: [],
  unasked: [],
  ...change,
});
const UNASKED = [
  { about: "the objects of the cluster", reason: "no API server answers" },
];

test.each<[string, Partial<CheckedUpgrade>, number]>([
  ["nothing was found", {}, 0],
  ["there are only warnings", { findings: [finding("a", "warning", "W.")] }, 0],
  ["not everything could be asked", { unasked: UNASKED }, 1],
  ["the cluster could not be asked at all", { failure: "It is locked." }, 1],
  [
    "something prevents the upgrade",
    { findings: [finding("a", "error", "E.")], unasked: UNASKED },
    2,
  ],
])("when %s, the exit code says so", (_, change, code) => {
  expect(exitCodeOf(checked(change))).toBe(code);
});

test("people read the problems first, each with what to do, and then whether the upgrade may begin", () => {
  const lines = upgradeLines(
    checked({
      findings: [
        finding("cp-1", "error", "It is not Ready."),
        finding("cp-2", "error", "It is not Ready."),
        finding("PodDisruptionBudget shop/cart", "warning", "It allows none."),
      ],
      unasked: UNASKED,
    }),
    PLAIN,
  );
  expect(lines.join("\n")).toBe(`clusters/prod (cluster prod)

Upgrade of Kubernetes from v1.36.3 to v1.37.1

x cp-1 and cp-2: It is not Ready.
  Mend it.
! PodDisruptionBudget shop/cart: It allows none.
  Mend it.
! the objects of the cluster: could not be asked, because no API server answers

1 problem prevents the upgrade, and there is 1 warning. A deploy of it would stop before it changes anything.`);
});

test("a cluster of the newest known minor is told so", () => {
  const lines = upgradeLines(checked({ to: undefined }), PLAIN);
  expect(lines.at(-1)).toBe(
    "The cluster runs v1.36.3, and this version of the library knows no later minor. To check another patch, name it with --to.",
  );
});

test("what a cluster says cannot control the terminal", () => {
  const lines = upgradeLines(
    checked({ findings: [finding("a\u001b[2J", "error", "b\u0007.")] }),
    PLAIN,
  );
  expect(lines.join("\n")).toContain("x a\\x1b[2J: b\\x07.");
});
