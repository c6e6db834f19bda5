import type { Step } from "../../../../lib/agent/rollout/step";
import type { ClusterView, NodeView } from "../../../../lib/agent/rollout/view";
import { NO_CHANGES } from "../../../../lib/agent/rollout/changes";
import { API_FLAG, ETCD_FLAG, NEW_ETCD, node } from "./cluster-view";

/** Pseudorandom numbers from 0 to below 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The real state of a machine, independent of any view or plan. */
interface Machine {
  readonly name: string;
  status: NodeView["status"];
  retired: boolean;
  /** It is switched on. */
  on: boolean;
  etcdRole: boolean;
  apiRole: boolean;
  etcdRuns: boolean;
  apiRuns: boolean;
  hasData: boolean;
  pending: "nothing" | "etcd" | "api";
  /** Its state in etcd's membership. */
  member: "none" | "added" | "learner" | "voter" | "unstarted voter";
}

/** Simulates how etcd and Kubernetes behave, and records in `broken` what a step breaks. */
export class SimulatedCluster {
  readonly broken: string[] = [];
  private readonly maxUnavailable: number;

  constructor(
    readonly machines: readonly Machine[],
    private established: boolean,
    random: () => number,
  ) {
    this.maxUnavailable = 1 + Math.floor(random() * 3);
  }

  /** A random situation that a rollout may find. */
  static random(random: () => number): SimulatedCluster {
    const pick = <T>(...values: readonly T[]): T =>
      values[Math.floor(random() * values.length)];
    const chance = (likelihood: number) => random() < likelihood;
    const isDedicated = chance(0.3);
    const isNew = chance(0.2);
    const count = pick(1, 2, 3, 3, 4, 5, 5, 6);
    const machines = Array.from({ length: count }, (_, at): Machine => {
      const etcdRole = !isDedicated || at % 2 === 0;
      const isNewcomer = isNew || chance(0.2);
      const isMember = etcdRole && !isNewcomer;
      return {
        name: `n-${at + 1}`,
        status: isNew
          ? "stays"
          : pick("stays", "stays", "stays", "retires", "left"),
        retired: false,
        on: isNew || chance(0.85),
        etcdRole,
        apiRole: !isDedicated || at % 2 === 1,
        etcdRuns: isMember && chance(0.85),
        apiRuns: !isNewcomer && chance(0.85),
        hasData: isMember ? chance(0.9) : etcdRole && !isNew && chance(0.1),
        pending: isNewcomer ? "etcd" : pick("nothing", "etcd", "api"),
        member: !isMember ? "none" : pick("voter", "voter", "voter", "voter"),
      };
    });
    const learner = machines.find(
      ({ etcdRole, member }) => etcdRole && member === "none",
    );
    if (learner && !isNew && chance(0.4)) {
      learner.member = learner.hasData ? "learner" : "added";
    }
    for (const machine of machines) {
      machine.etcdRuns &&= machine.on && machine.hasData;
      machine.apiRuns &&= machine.on && machine.apiRole;
    }
    return new SimulatedCluster(machines, !isNew, random);
  }

  get voters(): Machine[] {
    return this.machines.filter(({ member }) => /voter/.test(member));
  }

  get healthyVoters(): Machine[] {
    return this.voters.filter(({ on, etcdRuns }) => on && etcdRuns);
  }

  get hasQuorum(): boolean {
    return (
      this.voters.length > 0 &&
      this.healthyVoters.length > this.voters.length / 2
    );
  }

  view(done: readonly Step[]): ClusterView {
    const { hasQuorum, established, maxUnavailable } = this;
    return {
      scope: "control plane",
      nodes: this.machines
        .filter(({ status, retired }) => status !== "left" || !retired)
        .map((each) => this.viewOf(each)),
      etcd: {
        hasQuorum,
        voters: hasQuorum ? this.voters.length : 0,
        healthy: hasQuorum ? this.healthyVoters.map(({ name }) => name) : [],
      },
      established,
      maxUnavailable,
      saves: false,
      done,
    };
  }

  private viewOf(machine: Machine): NodeView {
    const { name, status, retired, on, etcdRole, apiRole } = machine;
    const stays = on && status === "stays";
    const { pending, member, hasData } = machine;
    return node(name, {
      runs: { etcd: etcdRole, apiServer: apiRole, kubelet: apiRole },
      status,
      retired,
      reached: on,
      unhealthy: stays ? this.unhealthy(machine) : [],
      changes: !stays
        ? NO_CHANGES
        : pending === "etcd" && etcdRole
          ? this.unhealthy(machine).includes("etcd")
            ? NEW_ETCD
            : ETCD_FLAG
          : pending === "nothing"
            ? NO_CHANGES
            : API_FLAG,
      hasEtcdData: stays && hasData,
      member:
        !this.hasQuorum || member === "none"
          ? undefined
          : {
              learner: member === "learner" || member === "added",
              started: member === "voter" || member === "learner",
            },
    });
  }

  private unhealthy({ etcdRole, etcdRuns, apiRole, apiRuns }: Machine) {
    return [
      ...(etcdRole && !(etcdRuns && this.hasQuorum) ? ["etcd"] : []),
      ...(apiRole && !(apiRuns && this.hasQuorum) ? ["kube-apiserver"] : []),
    ];
  }

  /** Applies a step, and returns the nodes that failed. */
  apply({ kind, nodes }: Step): string[] {
    const machines = this.machines.filter(({ name }) => nodes.includes(name));
    const hadQuorum = this.hasQuorum;
    this.checkAvailability(kind, machines);
    for (const machine of machines) this.applyTo(kind, machine);
    if (kind === "start etcd" && !this.established && !hadQuorum)
      for (const machine of machines)
        if (machine.member === "none") machine.member = "voter";
    if (hadQuorum && !this.hasQuorum)
      this.broken.push(`${kind} ${nodes.join(",")} cost etcd its quorum`);
    const learners = this.machines.filter(
      ({ member }) => member === "learner" || member === "added",
    );
    if (learners.length > 1) this.broken.push("two learners at once");
    if (kind === "confirm") this.established = true;
    if (!/^(start|start etcd|change)$/.test(kind)) return [];
    // An etcd that does not vote or has no majority never becomes healthy.
    return machines
      .filter(
        ({ etcdRole, apiRole, member }) =>
          (!this.hasQuorum && (etcdRole || apiRole)) ||
          (etcdRole && member !== "voter"),
      )
      .map(({ name }) => name);
  }

  /** Checks what is unavailable while nodes change. */
  private checkAvailability(kind: Step["kind"], machines: readonly Machine[]) {
    if (kind !== "change") return;
    const ended = machines.filter(
      ({ pending, etcdRole, etcdRuns, member }) =>
        pending === "etcd" && etcdRole && etcdRuns && /voter/.test(member),
    );
    const left = this.healthyVoters.length - ended.length;
    const isSmall = this.voters.length < 3;
    if (
      this.hasQuorum &&
      ended.length > 0 &&
      !(isSmall && ended.length === 1) &&
      left <= this.voters.length / 2
    )
      this.broken.push(`etcd has no quorum while ${ended.length} change`);
    const healthy = machines.filter(
      (each) => this.unhealthy(each).length === 0,
    );
    if (healthy.length > this.maxUnavailable)
      this.broken.push(
        "more nodes are changed at once than may be unavailable",
      );
  }

  private applyTo(kind: Step["kind"], machine: Machine): void {
    switch (kind) {
      case "start etcd":
        machine.etcdRuns = machine.hasData = true;
        return;
      case "start":
      case "change":
        if (machine.etcdRole) {
          machine.etcdRuns = machine.hasData = true;
          if (machine.member === "unstarted voter") machine.member = "voter";
        }
        machine.apiRuns = machine.apiRole;
        machine.pending = "nothing";
        return;
      case "set data aside":
        if (/voter/.test(machine.member))
          this.broken.push(
            `the data of the voter ${machine.name} are moved aside`,
          );
        machine.hasData = machine.etcdRuns = false;
        return;
      case "add learner":
        machine.member = "added";
        return;
      case "start learner":
        machine.member = "learner";
        machine.etcdRuns = machine.hasData = true;
        return;
      case "promote":
        machine.member = "voter";
        return;
      case "remove member":
        machine.member = "none";
        machine.etcdRuns = false;
        return;
      case "leave":
        if (machine.member !== "none" && this.hasQuorum)
          this.broken.push(
            `${machine.name} left the cluster as an etcd member`,
          );
        machine.retired = true;
        machine.etcdRuns = machine.apiRuns = false;
        return;
      default:
        return;
    }
  }

  /** Machines that are switched on and not as the program wants them. */
  get unfinished(): string[] {
    return this.machines.flatMap((machine) => {
      const { name, status, on, retired, pending, member, etcdRole } = machine;
      if (status !== "stays") return retired ? [] : [`${name} has not left`];
      if (!on) return [];
      const isThere = !etcdRole || member === "voter";
      const isWell = this.unhealthy(machine).length === 0;
      return isThere && isWell && pending === "nothing" ? [] : [name];
    });
  }
}
