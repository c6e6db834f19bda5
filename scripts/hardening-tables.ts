import { CHECKS, checkRow } from "../lib/catalog/hardening/checks";
import { CIS_ROWS } from "../lib/catalog/hardening/cis";
import { OPEN_ROWS } from "../lib/catalog/hardening/open";
import { table } from "./markdown-table";

/** The tables about the checks of a benchmark. */
export const HARDENING_TABLES: Readonly<Record<string, () => string>> = {
  "hardening-rows": () =>
    table(
      ["Checks", "What must hold", "Sets", "Why"],
      CIS_ROWS.map(({ checks, shown, reason }) => [
        checks.join(", "),
        whatOf(checks),
        shown,
        reason,
      ]),
    ),
  "hardening-open": () =>
    table(
      ["Checks", "What must hold", "With", "Why it is open", "What to do"],
      OPEN_ROWS.map(({ checks, runtime, why, todo }) => [
        checks.join(", "),
        whatOf(checks),
        runtime ?? "any",
        why,
        todo,
      ]),
    ),
  "hardening-passing": () =>
    table(
      ["Check", "What holds with kubeadm's settings, too"],
      CHECKS.filter(({ id }) => !NAMED.includes(id)).map(({ id, what }) => [
        id,
        what,
      ]),
    ),
};

const NAMED = [...CIS_ROWS, ...OPEN_ROWS].flatMap(({ checks }) => checks);

const whatOf = (checks: readonly string[]): string =>
  [...new Set(checks.map((id) => checkRow(id).what))].join("; ");
