import { memberStatus } from "../../../lib/agent/cluster/etcd-maintenance";
import { combined } from "../../../lib/agent/etcd/read";
import type { Alarm } from "../../../lib/request/etcd-care";
import { nodeRequest } from "../support/rollout";

/** What each minor version answers to a request for its status. Zero, false and empty values are left out. */
const HEADER = {
  cluster_id: "5017279701102141379",
  member_id: "13049071153751544597",
  revision: "159",
  raft_term: "2",
};
const V3_5 = {
  header: HEADER,
  version: "3.5.24",
  dbSize: "16998400",
  leader: "13049071153751544597",
  raftIndex: "168",
  raftTerm: "2",
  raftAppliedIndex: "168",
  errors: ["memberID:13049071153751544597 alarm:NOSPACE "],
  dbSizeInUse: "16183296",
};
const V3_6 = {
  ...V3_5,
  version: "3.6.8",
  storageVersion: "3.6.0",
  dbSizeQuota: "16777216",
  downgradeInfo: {},
};
const V3_7 = { ...V3_6, version: "3.7.0", storageVersion: "3.7.0" };

const common = {
  clusterId: "5017279701102141379",
  memberId: "13049071153751544597",
  leader: "13049071153751544597",
  isLearner: false,
  revision: 159,
  size: 16998400,
  sizeInUse: 16183296,
  committed: 168,
  applied: 168,
};

test.each<[unknown, object]>([
  [V3_5, { ...common, version: "3.5.24" }],
  [
    V3_6,
    {
      ...common,
      version: "3.6.8",
      storageVersion: "3.6.0",
      quota: 16777216,
    },
  ],
  [
    V3_7,
    {
      ...common,
      version: "3.7.0",
      storageVersion: "3.7.0",
      quota: 16777216,
    },
  ],
])(
  "the status of etcd %# is read, without what it does not tell",
  (answer, status) => {
    expect(memberStatus(answer)).toEqual(status);
  },
);

test("a member without a leader, data and a limit has none in its status", () => {
  const bare = {
    header: { member_id: "7", cluster_id: "14841639068965178418" },
    version: "3.6.8",
    isLearner: true,
    dbSizeQuota: "-1",
    leader: "0",
  };
  expect(memberStatus(bare)).toEqual({
    memberId: "7",
    clusterId: "14841639068965178418",
    version: "3.6.8",
    isLearner: true,
    revision: 0,
    size: 0,
    sizeInUse: 0,
    committed: 0,
    applied: 0,
  });
});

test.each([
  [{ ...V3_6, dbSize: 5 }, "dbSize is a number"],
  [{ ...V3_6, dbSize: "1e9" }, 'dbSize is "1e9"'],
  [{ ...V3_6, header: {} }, "header.member_id is missing"],
])("fails when a status has another form: %#", (answer, message) => {
  expect(() => memberStatus(answer)).toThrow(message);
});

describe("the state of all members", () => {
  const member = (id: string, name: string, address: string) => ({
    id,
    name,
    peerUrls: [`https://${address}:2380`],
    clientUrls: [],
    isLearner: false,
    started: name !== "",
  });
  const asked = (name: string, address: string, id?: string) => ({
    request: nodeRequest(name, address),
    ...(id === undefined
      ? { problem: "it is down" }
      : {
          status: memberStatus({
            ...V3_6,
            header: { member_id: id, cluster_id: "14841639068965178418" },
          }),
        }),
  });
  const stateOf = (
    nodes: Parameters<typeof combined>[0],
    agreed: Parameters<typeof combined>[2],
    alarms: readonly Alarm[] = [],
  ) => combined(nodes, { peerPort: 2380 }, agreed, alarms);

  test("joins nodes and members by id, and those that do not answer by name or address", () => {
    const { members } = stateOf(
      [
        asked("cp-1", "10.0.0.1", "11"),
        asked("cp-2", "10.0.0.2"),
        asked("cp-3", "10.0.0.3"),
      ],
      [
        member("11", "renamed", "10.0.0.1"),
        member("12", "cp-2", "10.0.0.20"),
        member("13", "", "10.0.0.3"),
      ],
    );
    expect(members.map(({ name, id }) => [name, id])).toEqual([
      ["cp-1", "11"],
      ["cp-2", "12"],
      ["cp-3", "13"],
    ]);
  });

  test("leaves out nodes that are no members, and has members that run on no node", () => {
    const { members } = stateOf(
      [asked("cp-1", "10.0.0.1", "11"), asked("cp-2", "10.0.0.2")],
      [member("11", "cp-1", "10.0.0.1"), member("19", "lost", "10.0.0.9")],
    );
    expect(members.map(({ name, problem }) => [name, problem])).toEqual([
      ["cp-1", undefined],
      ["lost", "no node of the store runs it"],
    ]);
  });

  test("names the members that raised alarms, and those that have left by their ids", () => {
    const { alarms } = stateOf(
      [asked("cp-1", "10.0.0.1", "11")],
      [member("11", "cp-1", "10.0.0.1")],
      [
        { kind: "NOSPACE", memberId: "11" },
        { kind: "CORRUPT", memberId: "99" },
      ],
    );
    expect(alarms.map(({ kind, member }) => [kind, member])).toEqual([
      ["NOSPACE", "cp-1"],
      ["CORRUPT", "99"],
    ]);
  });

  test("without a majority has what each node says of itself", () => {
    const state = stateOf(
      [asked("cp-1", "10.0.0.1", "11"), asked("cp-2", "10.0.0.2")],
      undefined,
    );
    expect(state.hasQuorum).toBe(false);
    expect(state.members.map(({ name, id }) => [name, id])).toEqual([
      ["cp-1", "11"],
      ["cp-2", undefined],
    ]);
  });
});
