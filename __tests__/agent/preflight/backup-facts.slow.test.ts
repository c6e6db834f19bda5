import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBackupFacts } from "../../../lib/agent/hosts/backup-facts";
import { localHost } from "./local-host";

const directory = mkdtempSync(join(tmpdir(), "backup-facts-"));
afterAll(() => rmSync(directory, { recursive: true }));

const factsOf = (schedule: string, program = "sh") =>
  readBackupFacts(localHost(), { schedule, directory, program }, "prod");

test("a host tells the newest snapshot of the cluster, and the longest interval", async () => {
  for (const name of [
    "prod-20261128T030000Z.db",
    "prod-20261129T030000Z.db",
    "prod-20261129T030000Z.db.sha256",
    "prod-eu-20261130T030000Z.db",
    ".prod-20261201T030000Z.db",
  ])
    writeFileSync(join(directory, name), "");
  expect(await factsOf("Mon..Fri *-*-* 03:00:00")).toEqual({
    refused: undefined,
    interval: 3 * 86_400_000,
    program: true,
    newest: Date.UTC(2026, 10, 29, 3),
    failed: false,
  });
});

test("a host tells that systemd refuses a schedule, whatever is in it", async () => {
  for (const schedule of ["dayly", "-h", "$(touch x)", "daily'\n"]) {
    const { refused, interval } = await factsOf(schedule);
    expect(refused).toContain("Failed to parse calendar specification");
    expect(interval).toBeUndefined();
  }
});

test("a host tells that the program is missing", async () => {
  expect(await factsOf("daily", "no-such-program")).toMatchObject({
    program: false,
  });
});
