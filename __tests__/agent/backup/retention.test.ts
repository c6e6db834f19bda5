import {
  backupName,
  backupTime,
  isAutomatic,
  outdatedBackups,
} from "../../../lib/agent/backup/retention";

const TIME = new Date("2026-11-29T21:05:01.234Z");
const DAY = 24 * 60 * 60 * 1000;

test("the name of a backup has the cluster and the time", () => {
  expect(backupName("prod", TIME)).toBe("prod-20261129T210501Z.backup");
  expect(backupTime("prod-20261129T210501Z.backup", "prod")).toBe(
    Math.floor(TIME.getTime() / 1000) * 1000,
  );
});

test("the name of a backup that was made by itself says before what", () => {
  const name = backupName("prod", TIME, "v1.37.1");
  expect(name).toBe("prod-20261129T210501Z-before-v1.37.1.backup");
  expect(isAutomatic(name)).toBe(true);
  expect(isAutomatic(backupName("prod", TIME))).toBe(false);
});

test.each([
  "prod-eu-20261129T210501Z.backup",
  "prod-20261129T210501Z.backup.incomplete",
  "prod-notes.backup",
  "inventory.json",
])("another file is no backup of the cluster: %s", (name) => {
  expect(backupTime(name, "prod")).toBeUndefined();
});

const daily = [0, 1, 2, 3, 10].map((days) =>
  backupName("prod", new Date(TIME.getTime() - days * DAY)),
);

test.each([
  ["nothing is removed without a limit", {}, []],
  ["the newest stay", { number: 2 }, daily.slice(2)],
  ["older ones are removed", { days: 2.5 }, daily.slice(3)],
  ["both limits count", { number: 4, days: 1.5 }, daily.slice(2)],
  ["the newest always stays", { number: 1, days: 0 }, daily.slice(1)],
])("%s", (_, retention, removed) => {
  const names = [...daily, "prod-eu-20200101T000000Z.backup"].reverse();
  expect(outdatedBackups(names, "prod", retention, TIME.getTime())).toEqual(
    removed,
  );
});
