import { frozen } from "../frozen";

/** Checks that do not hold although the cluster is hardened, with the reason, and what to do for them. */
export interface OpenRow {
  readonly checks: readonly string[];
  /** The only runtime in which they do not hold. Absent: they hold in neither. */
  readonly runtime?: "static-pods" | "systemd";
  readonly why: string;
  readonly todo: string;
}

export const OPEN_ROWS: readonly OpenRow[] = frozen<OpenRow[]>([
  {
    checks: [
      "1.1.1",
      "1.1.2",
      "1.1.3",
      "1.1.4",
      "1.1.5",
      "1.1.6",
      "1.1.7",
      "1.1.8",
    ],
    runtime: "systemd",
    why: "There are no pod manifests: the components are units.",
    todo: "nothing",
  },
  {
    checks: ["1.1.9", "1.1.10"],
    why: "A pod network of manifests writes its configuration itself. That of `PodNetwork.routed()` is 0600 and root's.",
    todo: "with manifests, look at `/etc/cni/net.d`",
  },
  {
    checks: ["1.1.12"],
    runtime: "static-pods",
    why: "etcd's pod runs as root, so root owns its data.",
    todo: "`Runtime.systemd()`, where etcd has a user of its own",
  },
  {
    checks: ["1.1.15", "1.1.16", "1.1.17", "1.1.18"],
    runtime: "systemd",
    why: "The scheduler and the controller manager do not run as root; their kubeconfigs are 0640, so that only root can change them and their user can read them.",
    todo: "nothing",
  },
  {
    checks: ["1.1.19", "1.1.21"],
    runtime: "systemd",
    why: "The components do not run as root; the keys that they need are 0640 and belong to root and their group.",
    todo: "nothing",
  },
  {
    checks: ["1.2.1"],
    why: "The flag would refuse probes, too, and excludes a list of allowed paths. What the check is about holds: without a credential, only health can be asked for.",
    todo: '`apiServer: { extraArgs: { "anonymous-auth": "false" } }` if you need the flag itself; probes then only open a connection',
  },
  {
    checks: ["1.2.9"],
    why: "Limits depend on the cluster: too low ones lose events.",
    todo: "`admission: { eventRateLimit: [ … ] }`",
  },
  {
    checks: ["1.2.11"],
    why: "Each start of a pod then needs the registry.",
    todo: '`admission: { add: ["AlwaysPullImages"] }`',
  },
  {
    checks: ["1.2.20"],
    why: "The default of 60 s is what the benchmark advises.",
    todo: "nothing",
  },
  {
    checks: ["1.2.27", "1.2.28"],
    why: "Whoever restores etcd's data then needs the key as well.",
    todo: "set [`encryption`](encryption.md)",
  },
  {
    checks: ["3.1.1", "3.1.2", "3.1.3"],
    why: "How people log in is your choice.",
    todo: "an issuer of tokens (OIDC); keep `admin.conf` for emergencies",
  },
  {
    checks: ["4.2.7"],
    why: "A node's name is in its certificates, and a plan does not know the names of hosts.",
    todo: "nothing",
  },
]);
