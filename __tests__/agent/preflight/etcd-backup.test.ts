import {
  type BackupFacts,
  longestInterval,
} from "../../../lib/agent/hosts/backup-facts";
import { backupFindings } from "../../../lib/agent/preflight/etcd-backup";
import type { NodeRequest } from "../../../lib/request/request";
import { NODE } from "./facts-of";

const problems = (
  facts?: Partial<BackupFacts>,
  request: Partial<NodeRequest> = {},
) =>
  backupFindings([
    {
      request: {
        ...NODE,
        backup: {
          schedule: "dayly",
          directory: "/var/backups/etcd",
          program: "crictl",
        },
        ...request,
      },
      facts: facts && { program: true, ...facts },
    },
  ]).map(({ problem, remedy }) => `${problem} ${remedy}`);

test("nothing is found on a host that can save etcd, or that is not reached", () => {
  expect(problems({})).toEqual([]);
  expect(problems()).toEqual([]);
});

test("a schedule that systemd refuses is named, with one that it takes", () => {
  expect(
    problems({ refused: "Failed to parse calendar specification 'dayly'" }),
  ).toEqual([
    expect.stringMatching(/schedule "dayly".*Failed to parse.*"\*-\*-\* 03/),
  ]);
});

test("a missing crictl is named, with its package", () => {
  expect(problems({ program: false })).toEqual([
    expect.stringMatching(/no crictl.*cri-tools/),
  ]);
});

test("a missing etcdctl is left to the check of the binaries", () => {
  const backup = {
    schedule: "daily",
    directory: "/var/backups/etcd",
    program: "/usr/bin/etcdctl",
  };
  expect(problems({ program: false }, { backup })).toEqual([]);
});

test("nothing is required of a node that retires", () => {
  expect(problems({ program: false }, { retire: true })).toEqual([]);
});

test.each([
  [
    "working days",
    [
      "Next elapse: Thu 2026-12-03 03:00:00 UTC",
      "    From now: 3 days left",
      "    Iter. #2: Fri 2026-12-04 03:00:00 UTC",
      "    Iter. #3: Mon 2026-12-07 03:00:00 UTC",
    ],
    3 * 86_400_000,
  ],
  [
    "a newer systemd",
    [
      "Next elapse: Thu 2026-12-03 03:00:00 UTC",
      " Iteration #2: Thu 2026-12-03 04:00:00 UTC",
    ],
    3_600_000,
  ],
  ["a time that does not come again", ["Next elapse: never"], undefined],
  ["nothing", [], undefined],
])(
  "the longest interval is read from the next times of %s",
  (_, lines, longest) => {
    expect(longestInterval(lines.join("\n"))).toBe(longest);
  },
);
