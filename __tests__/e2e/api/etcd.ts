import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { EtcdError } from "../../../lib/agent/cluster/errors";
import { say, seconds, until } from "../say";
import { step } from "../steps";
import type { ApiLab } from "./lab";

/** The steps with etcd: a second member joins and leaves. */
export function etcdSteps(lab: ApiLab): void {
  const PEER = "https://10.0.0.11:12380";
  const refusal = async (action: Promise<unknown>) => {
    const error: unknown = await action.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(EtcdError);
    return (error as EtcdError).kind;
  };
  let id: string;

  step("reports the status of a member", async () => {
    const etcd = lab.etcdAt(2379);
    const members = await etcd.members();
    expect(members).toEqual([
      {
        id: expect.stringMatching(/^\d+$/) as string,
        name: "cp-1",
        peerUrls: ["https://10.0.0.11:2380"],
        clientUrls: ["https://10.0.0.11:2379"],
        isLearner: false,
        started: true,
      },
    ]);
    expect(await etcd.status()).toMatchObject({
      header: { member_id: members[0].id },
      leader: members[0].id,
      version: expect.stringMatching(/^3\.\d+\.\d+$/) as string,
    });
    expect(await etcd.problem()).toBeUndefined();
  });

  step("adds a member as a learner before it is started", async () => {
    const etcd = lab.etcdAt(2379);
    const added = await etcd.addLearner(PEER);
    expect(added).toMatchObject({ isLearner: true, started: false });
    id = added.id;
    expect((await etcd.members()).map((each) => each.name)).toContain("");
    expect(await refusal(etcd.addLearner(PEER))).toBe("exists");
    const other = "https://10.0.0.11:12390";
    expect(await refusal(etcd.addLearner(other))).toBe("too-many-learners");
    expect(await refusal(etcd.promote(id))).toBe("not-ready");
  });

  step("promotes it as soon as it has caught up", async () => {
    lab.second = startSecond();
    const start = Date.now();
    await lab.etcdAt(2379).promoteWhenReady(id, 60_000);
    say(`promoted ${seconds(start)} after it was started`);
    const [first, added] = [lab.etcdAt(2379), lab.etcdAt(12379)];
    expect(await first.members()).toHaveLength(2);
    expect(await refusal(first.promote(id))).toBe("not-a-learner");
    await until("serving", 30, async () => !(await added.problem()));
    say(`it serves ${seconds(start)} after it was started`);
    expect(await added.status()).toMatchObject({
      header: { member_id: id },
    });
    expect((await added.status()).isLearner ?? false).toBe(false);
  });

  step("reports requests that fail without a majority", async () => {
    const etcd = lab.etcdAt(2379, 500);
    lab.second?.kill("SIGKILL");
    await until(
      "no leader",
      30,
      async () => Number((await etcd.status()).leader ?? 0) === 0,
    );
    expect(await etcd.problem()).toMatch(/leader|timed out|UNHEALTHY/i);
    expect(await refusal(etcd.remove(id))).toMatch(/no-leader|unhealthy/);
    expect(await refusal(etcd.members())).toBe("no-leader");
  });

  step("removes it once there is a majority again", async () => {
    lab.second = startSecond();
    const etcd = lab.etcdAt(2379);
    await until("a leader", 60, async () => !(await etcd.problem()));
    await etcd.remove(id);
    await etcd.remove(id);
    expect(await etcd.members()).toHaveLength(1);
    await until("API server ready", 60, () => lab.api.ready());
  });

  /** Starts a second member with the certificates of cp-1, which are valid for it, too. */
  function startSecond(): ChildProcess {
    const [manifest] = lab.cluster.podsOf("etcd").map((pod) => pod.manifest);
    const { command } = manifest.spec.containers[0];
    const own = {
      name: "second",
      "data-dir": "/var/lib/second",
      "listen-client-urls": "https://127.0.0.1:12379",
      "advertise-client-urls": "https://127.0.0.1:12379",
      "listen-peer-urls": PEER,
      "initial-advertise-peer-urls": PEER,
      "initial-cluster": `cp-1=https://10.0.0.11:2380,second=${PEER}`,
      "initial-cluster-state": "existing",
      "listen-metrics-urls": "http://127.0.0.1:12381",
    };
    const flags = Object.entries(own).map(([key, to]) => `--${key}=${to}`);
    return lab.machine.spawn(
      [...command, ...flags],
      join(lab.sockets, "etcd"),
      {},
    );
  }
}
