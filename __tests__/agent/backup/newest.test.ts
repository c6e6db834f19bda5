import { hostBackup, newestBackup } from "../../../lib/agent/backup/newest";

const NOW = Date.UTC(2026, 10, 29, 12);

test("a host tells its newest snapshot and its interval", () => {
  const newest = Date.UTC(2026, 10, 29, 3);
  expect(
    hostBackup({ newest, interval: 86_400_000, failed: false }, NOW),
  ).toEqual({
    newest: "2026-11-29T03:00:00Z",
    interval: 86_400,
    failed: false,
  });
  expect(hostBackup({ failed: true }, NOW)).toEqual({ failed: true });
});

test("a snapshot from the future does not count, unless a clock is a little ahead", () => {
  const of = (newest: number) => hostBackup({ newest, failed: false }, NOW);
  expect(of(NOW + 60_000)).toHaveProperty("newest");
  expect(of(NOW + 61_000)).not.toHaveProperty("newest");
});

test("the newest snapshot of all hosts is kept until a newer one is found", () => {
  const drift = (node: string, newest?: string) => ({
    node,
    backup: { failed: false, newest },
  });
  const saved = { node: "cp-3", time: "2026-11-28T03:00:00Z" };
  expect(newestBackup([{ node: "cp-1" }, drift("cp-2")], {})).toBeUndefined();
  expect(newestBackup([drift("cp-1", "2026-11-27T03:00:00Z")], { saved })).toBe(
    saved,
  );
  expect(
    newestBackup(
      [
        drift("cp-1", "2026-11-29T03:00:00Z"),
        drift("cp-2", "2026-11-28T04:00:00Z"),
      ],
      { saved },
    ),
  ).toEqual({ node: "cp-1", time: "2026-11-29T03:00:00Z" });
});
