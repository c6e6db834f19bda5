import { counted } from "../../base/counted";
import { printable } from "../../base/visible";
import type { UpgradeReport } from "../../agent/upgrade/report";
import type { UpgradeFinding } from "../../agent/upgrade/errors";
import type { Style } from "../output";
import { enumerated, storeTitle, wrap } from "../text";
import { marked } from "./marks";

/** The result of the check before an upgrade of one store. */
export interface CheckedUpgrade extends Partial<UpgradeReport> {
  readonly store: string;
  readonly stack?: string;
  readonly clusterName?: string;
  /** Why the cluster could not be asked at all. */
  readonly failure?: string;
}

/** 0: nothing prevents the upgrade. 1: not everything could be asked. 2: something prevents it. */
export function exitCodeOf({
  findings = [],
  unasked = [],
  failure,
}: CheckedUpgrade): 0 | 1 | 2 {
  if (errorsIn(findings).length > 0) return 2;
  return failure !== undefined || unasked.length > 0 ? 1 : 0;
}

const errorsIn = (findings: readonly UpgradeFinding[]) =>
  findings.filter(({ severity }) => severity === "error");

/** What was found, the errors first, and then whether the upgrade may begin. */
export function upgradeLines(checked: CheckedUpgrade, style: Style): string[] {
  const { failure } = checked;
  const { from, to, ...about } = printable(checked);
  const title = style.bold(storeTitle(about));
  if (failure !== undefined) return [title, "", ...failure.split("\n")];
  if (to === undefined)
    return [
      title,
      "",
      ...wrap(
        `The cluster runs ${from}, and this version of the library knows no later minor. To check another patch, name it with --to.`,
        style.width,
      ),
    ];
  const { findings = [], unasked = [] } = about;
  const lines = [
    ...grouped(findings).flatMap(({ abouts, severity, problem, remedy }) => [
      ...marked(
        severity === "error" ? "x" : "!",
        `${enumerated(abouts)}: ${problem}`,
        style,
      ),
      ...wrap(remedy, style.width - 2).map((line) => `  ${line}`),
    ]),
    ...unasked.flatMap(({ about: what, reason }) =>
      marked("!", `${what}: could not be asked, because ${reason}`, style),
    ),
  ];
  return [
    title,
    "",
    `Upgrade of Kubernetes from ${from} to ${to}`,
    "",
    ...lines,
    ...(lines.length > 0 ? [""] : []),
    ...wrap(summary(about), style.width),
  ];
}

type Group = Omit<UpgradeFinding, "about"> & {
  readonly abouts: readonly string[];
};

/** The same finding about several things is listed once. */
function grouped(findings: readonly UpgradeFinding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { about, ...found } of findings) {
    const key = `${found.problem}\n${found.remedy}`;
    const { abouts = [] } = groups.get(key) ?? {};
    groups.set(key, { ...found, abouts: [...abouts, about] });
  }
  return [...groups.values()];
}

function summary({ findings = [], unasked = [] }: Partial<UpgradeReport>) {
  const groups = grouped(findings);
  const errors = groups.filter(({ severity }) => severity === "error").length;
  const warnings = counted(groups.length - errors, "warning");
  const also =
    groups.length > errors
      ? `, and there ${groups.length - errors === 1 ? "is" : "are"} ${warnings}`
      : "";
  if (errors > 0)
    return `${counted(errors, "problem")} ${errors === 1 ? "prevents" : "prevent"} the upgrade${also}. A deploy of it would stop before it changes anything.`;
  if (unasked.length > 0)
    return `Nothing was found that prevents the upgrade${also}, but not everything could be asked.`;
  return `Nothing prevents the upgrade${also}.`;
}
