import { MOST_FREE_IN_WORDS } from "../../agent/etcd/state";
import type { OptionName } from "./option-rows";

export { OPTIONS, type OptionName } from "./option-rows";

/** What a command does, if its first argument says that. */
export interface WordRow {
  readonly about: string;
  /** Those of the command's options that belong to it. */
  readonly options: readonly OptionName[];
}

export interface CommandRow {
  /** Another name of the command. */
  readonly alias?: string;
  readonly arguments: string;
  /** The first arguments of which one has to be given. */
  readonly words?: Readonly<Record<string, WordRow>>;
  /** One line, for the list of all commands. */
  readonly summary: string;
  /** More about it, for its own help. */
  readonly about: readonly string[];
  readonly options: readonly OptionName[];
  /** What an option means with this command, if that is not what it means with others. */
  readonly means?: Partial<
    Readonly<
      Record<OptionName, { readonly value: string; readonly about: string }>
    >
  >;
  /** Whether `--json` prints events as they happen, instead of one document. */
  readonly printsEvents?: true;
  /** The meaning of each exit code. */
  readonly exitCodes: Readonly<Record<number, string>>;
  readonly example: string;
}

const FROM_CDKTF_JSON =
  "It runs the app as cdktf.json says. Without the name of a stack, it works on all stacks. To use another Terraform, such as OpenTofu, set TERRAFORM_BINARY_NAME=tofu.";

const FROM_PROGRAM =
  "It runs the app as cdktf.json says, and needs no deploy: without one, it shows what the program describes. Without the name of a stack, it shows all stacks.";

const WRITTEN_CODES = {
  0: "it was written",
  1: "the app failed, or there is nothing to show",
  2: "it was called wrongly, or a store has a problem",
};

const APPLY_CODES = {
  0: "everything is as the app describes it",
  1: "it failed; the same command continues from there",
  2: "it was called wrongly, or the store has a problem",
};

/** The commands, in the order in which the help lists them. */
export const COMMANDS = {
  plan: {
    alias: "diff",
    arguments: "[stack…]",
    summary: "show what a deploy would change; changes nothing",
    about: [
      "Each change is shown once, with the nodes on which it happens: lines of files, and certificates in words. Then it shows what happens on the hosts, step by step, and what happens to your own resources.",
      "With --out FILE, it saves the plan of one stack; `cdktf-control-plane deploy FILE` applies exactly that plan.",
      FROM_CDKTF_JSON,
    ],
    options: ["out", "json", "quiet"],
    exitCodes: {
      0: "no changes",
      1: "the plan failed, or a rollout would stop before everything is done",
      2: "there are changes",
    },
    example: "cdktf-control-plane plan prod --out prod.plan",
  },
  deploy: {
    alias: "apply",
    arguments: "[stack… | FILE]",
    summary: "create or change what the app in this folder describes",
    about: [
      "It shows a summary of the plan, and applies the plan. It asks only before it would destroy or replace a resource that is not this library's; without a terminal, that needs --allow-destroy.",
      "With a FILE that `cdktf-control-plane plan --out FILE` wrote, it applies exactly that plan.",
      FROM_CDKTF_JSON,
    ],
    options: ["confirm", "allow-destroy", "json", "quiet"],
    printsEvents: true,
    exitCodes: APPLY_CODES,
    example: "cdktf-control-plane deploy --confirm",
  },
  renew: {
    arguments: "[stack…] [name…]",
    summary: "make new keys and certificates before they are due",
    about: [
      "It asks for a new key and a new certificate for each certificate that is named, and deploys. The certificates are replaced node by node, as when they are due; everything else that has changed in the program is deployed as well. `cdktf-control-plane deploy` continues what was interrupted.",
      "A certificate is named by the end of its path, such as apiserver, etcd/server or admin.conf, or as `cdktf-control-plane inspect` describes it. Without a name, it renews all certificates and kubeconfigs. It does not replace certificate authorities, the key of the service accounts, or tokens.",
      FROM_CDKTF_JSON,
    ],
    options: ["node", "confirm", "allow-destroy", "no-deploy", "json", "quiet"],
    printsEvents: true,
    exitCodes: APPLY_CODES,
    example: "cdktf-control-plane renew apiserver etcd/server --node cp-1",
  },
  preview: {
    arguments: "[stack…]",
    summary: "show, step by step, what a deploy would do on the hosts",
    about: [
      "It looks at the hosts, and changes nothing there. `cdktf-control-plane plan` shows the same with everything else that would change.",
      FROM_CDKTF_JSON,
    ],
    options: ["json", "quiet"],
    exitCodes: {
      0: "every rollout would be done",
      1: "some hosts could not be examined",
      2: "a rollout would stop before everything is done",
    },
    example: "cdktf-control-plane preview prod",
  },
  destroy: {
    arguments: "[stack…]",
    summary: "remove what the app describes; keeps the certificate authorities",
    about: [
      "It does not ask. It stops what runs on the hosts, and removes the files there and in the store, except the certificate authorities.",
      FROM_CDKTF_JSON,
    ],
    options: ["json", "quiet"],
    printsEvents: true,
    exitCodes: APPLY_CODES,
    example: "cdktf-control-plane destroy test",
  },
  check: {
    arguments: "[store…]",
    summary: "compare the hosts with their node trees in the store",
    about: [
      "A host that differs is marked, so that the next deploy repairs it. If the hosts save etcd regularly, it tells when they last did, and fails if they no longer do. Without the name of a store, it checks the stores of the app, or else those in clusters/.",
    ],
    options: ["json", "quiet"],
    exitCodes: {
      0: "no host differs",
      1: "a host could not be reached, was never set up, or its etcd comes near its quota",
      2: "a host differs, etcd has an alarm or was not saved as its schedule says, or a store has a problem",
    },
    example: "cdktf-control-plane check clusters/prod",
  },
  "upgrade-check": {
    arguments: "[store…]",
    summary: "find what would prevent an upgrade, without a change in code",
    about: [
      "It asks the API servers, etcd and the hosts of the control plane: whether all of them are healthy, which versions kubelets and kube-proxies have, who uses what the new version no longer has, whether there is room, and whether the images can be had. A deploy of the upgrade asks the same before it changes anything.",
      "It changes nothing but that the hosts pull the images of the new version, because only a pull shows that they can be had. Without the name of a store, it asks the clusters of the app's stores, or else of those in clusters/.",
    ],
    options: ["to", "json", "quiet"],
    exitCodes: {
      0: "nothing prevents the upgrade",
      1: "not everything could be asked",
      2: "something prevents the upgrade, or it was called wrongly",
    },
    example: "cdktf-control-plane upgrade-check --to 1.37.1",
  },
  etcd: {
    arguments: "<status|defrag|recover> [store]",
    words: {
      status: {
        about:
          "show members, versions, leader, sizes, quota and alarms; changes nothing",
        options: ["json", "quiet"],
      },
      defrag: {
        about: `give back the free space of each member of whose database more than ${MOST_FREE_IN_WORDS} is free`,
        options: ["all", "json", "quiet"],
      },
      recover: {
        about:
          "bring back an etcd with the alarm NOSPACE: compact, defragment, disarm",
        options: ["json", "quiet"],
      },
    },
    summary: "look after etcd: sizes, alarms, free space",
    about: [
      "It reaches the members as `cdktf-control-plane check` reaches their hosts. defrag and recover change one member at a time, followers first; a leader hands its leadership over before its turn. They touch nothing unless all members are healthy, and no deploy runs meanwhile. After an interruption, the same command continues.",
      "Without the name of a store, it works on the store of the app, or else on that in clusters/. status takes several stores.",
    ],
    options: ["all", "json", "quiet"],
    exitCodes: {
      0: "all members are healthy, and what was asked for is done",
      1: "a member is not healthy or comes near its quota, or it failed",
      2: "an alarm is raised, or it was called wrongly",
    },
    example: "cdktf-control-plane etcd status clusters/prod",
  },
  inspect: {
    arguments: "[store…]",
    summary: "list every certificate: purpose, issuer, expiry",
    about: [
      "It verifies each chain and key, and changes nothing. It tells the age of the last backup of etcd that is known. Without the name of a store, it inspects the stores of the app, or else those in clusters/.",
    ],
    options: ["json", "quiet"],
    exitCodes: {
      0: "nothing to do",
      1: "a certificate is due, or waits for a signature",
      2: "a certificate, a key or a file is broken",
    },
    example: "cdktf-control-plane inspect --json",
  },
  backup: {
    arguments: "[store… | verify FILE…]",
    summary: "save etcd, and the keys that it needs, into one file",
    about: [
      "It streams a snapshot from a healthy member that is not the leader, and adds the certificate authorities, the key of the service accounts and the keys of encrypted objects. Without the name of a store, it saves the stores of the app, or else those in clusters/.",
      "`backup verify FILE` reads a backup and says whether it is whole. It needs no cluster.",
      "A backup holds every Secret of the cluster. Only you can read it: copy it to a place where that stays so.",
    ],
    options: ["to", "keep", "keep-days", "json", "quiet"],
    means: {
      to: {
        value: "FOLDER",
        about: "write the backup there; without it, into backups/ of the store",
      },
    },
    exitCodes: {
      0: "every backup was written, or is whole",
      1: "a backup could not be written",
      2: "it was called wrongly, a store has a problem, or a file is not a whole backup",
    },
    example: "cdktf-control-plane backup clusters/prod --keep 10",
  },
  graph: {
    arguments: "[stack…]",
    summary: "draw the cluster: nodes, authorities, who talks to whom",
    about: [
      "It draws nodes with their components, who connects to whom, and what each certificate authority signs, in the colours of what is valid, due and expired. Nodes that are alike are one box. It reads the program and the store, and changes nothing.",
      FROM_PROGRAM,
    ],
    options: ["format", "out", "quiet"],
    exitCodes: WRITTEN_CODES,
    example: "cdktf-control-plane graph --out cluster.svg",
  },
  report: {
    arguments: "[stack…]",
    summary: "tell the whole state of a cluster on one page",
    about: [
      "It says what needs attention, when certificates are renewed and end, what runs on which node, what a backup has to contain, and what an upgrade or a rotation would need. It holds no key, no token and no kubeconfig. Without --html, it is Markdown, without pictures.",
      FROM_PROGRAM,
    ],
    options: ["html", "check", "out", "quiet"],
    exitCodes: WRITTEN_CODES,
    example: "cdktf-control-plane report --html --out report.html",
  },
  teardown: {
    arguments: "<store>",
    summary: "remove a cluster that was deleted from the program",
    about: [
      "It does what a destroy of the cluster would have done. The certificate authorities stay in the store.",
    ],
    options: ["quiet"],
    exitCodes: APPLY_CODES,
    example: "cdktf-control-plane teardown clusters/old",
  },
  token: {
    arguments: "<kubeconfig>",
    summary: "print the credential in a kubeconfig, for a client that asks",
    about: [
      "Kubernetes clients run it as their credential plugin: kubectl, and Terraform's providers for Kubernetes and Helm. It reads the certificate and key, or the token, from a kubeconfig of the store, and prints them as an ExecCredential. It does not print them to a terminal.",
    ],
    options: [],
    exitCodes: {
      0: "it was printed",
      1: "the kubeconfig is missing, or its credential has expired",
      2: "it was called wrongly, or the kubeconfig is broken",
    },
    example: "cdktf-control-plane token clusters/prod/kubeconfigs/admin.conf",
  },
  completion: {
    arguments: "<bash|zsh|fish>",
    summary: "print the shell's completion script",
    about: [],
    options: [],
    exitCodes: { 0: "it was printed", 2: "the shell is not one of these" },
    example: "source <(cdktf-control-plane completion bash)",
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

export type CommandName = keyof typeof COMMANDS;

export const commandRow = (name: CommandName): CommandRow => COMMANDS[name];

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The command with this name or alias. */
export const commandNamed = (given: string): CommandName | undefined =>
  COMMAND_NAMES.find(
    (name) => name === given || commandRow(name).alias === given,
  );
