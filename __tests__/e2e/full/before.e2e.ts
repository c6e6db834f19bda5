import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Deployment } from "../lab/deployment";
import { makeSshKey } from "../lab/disk";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { step } from "../steps";
import { diskOf } from "./disk";

const NODES = {
  "cp-1": "10.77.0.11",
  "cp-2": "10.77.0.12",
  "cp-3": "10.77.0.13",
};
type Name = keyof typeof NODES;
const NAMES = Object.keys(NODES) as Name[];
/** The name of a key that no host accepts. */
const UNKNOWN_KEY = "unknown";

describe("hosts that cannot become nodes", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: NAMES.map((name) => ({
        name,
        address: NODES[name],
        images: name !== "cp-3",
      })),
      pods: false,
    });
    cluster = new Deployment(
      lab,
      "prod",
      program({
        clusterName: "prod",
        endpoint: `${NODES["cp-1"]}:6443`,
        sshKey: lab.sshKey,
        nodes: NODES,
      }),
    );
    makeSshKey(join(cluster.directory, UNKNOWN_KEY), UNKNOWN_KEY);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  /** Edits the access of one node, as a user would. */
  function edit(name: Name, from: RegExp | string, to: string): void {
    const line = new RegExp(`^.* name: "${name}".*$`, "m");
    cluster.edit((main) =>
      main.replace(line, (access) => access.replace(from, to)),
    );
  }

  /** The findings of a deploy for each host. The deploy must have changed no host. */
  async function problems(): Promise<string[]> {
    const before = await Promise.all(NAMES.map(disk));
    const { output, failed } = await cluster.run("deploy");
    expect(failed).toBe(true);
    expect(await Promise.all(NAMES.map(disk))).toEqual(before);
    const lines = output.split("\n");
    const found = lines.filter((line) => line.startsWith("- "));
    expect(output).toContain(
      `${found.length} problems prevent the rollout, so it has not begun: no node was changed.`,
    );
    // Each finding says what to do.
    for (const line of found)
      expect(lines[lines.indexOf(line) + 1]).toMatch(/^ {2}[A-Z].{20,}/);
    return found.map((line) => line.slice("- ".length));
  }

  const disk = (name: Name): Promise<string> => diskOf(lab.host(name));

  step("are named, with the reasons why they cannot be accessed", async () => {
    await lab.host("cp-1").cutSsh();
    cluster.edit((main) =>
      main.replace("ControlPlane,", "ControlPlane, Duration,"),
    );
    edit("cp-1", "{ host:", '{ connectTimeout: Duration.parse("3s"), host:');
    edit("cp-2", /identityFile: "[^"]*"/, `identityFile: "${UNKNOWN_KEY}"`);
    await lab.host("cp-3").exec(ADD_GUEST);
    edit("cp-3", "admin", "guest");

    expect(await problems()).toEqual([
      "cp-1: 10.77.0.11 cannot be reached over SSH; waited 3 s. ssh says: connect to host 10.77.0.11 port 22: Connection timed out.",
      expect.stringMatching(
        /^cp-2: 10.77.0.12 does not accept the login of this user. ssh says: admin@10.77.0.12: Permission denied \(publickey.*\)\.$/,
      ),
      "cp-3: 10.77.0.13 is accessed as guest, who cannot use sudo without a password. sudo says: sudo: a password is required.",
    ]);
  });

  step(
    "are named if they are not the same machines as before, or not the expected ones",
    async () => {
      await lab.host("cp-1").restoreSsh();
      edit("cp-1", 'Duration.parse("3s")', "Duration.minutes(2)");
      const [type, key] = readFileSync(
        join(cluster.directory, `${UNKNOWN_KEY}.pub`),
        "utf8",
      ).split(" ");
      edit(
        "cp-2",
        `identityFile: "${UNKNOWN_KEY}"`,
        `identityFile: "${lab.sshKey}", hostKey: "${type} ${key}"`,
      );
      await lab.host("cp-3").exec(ANOTHER_HOST_KEY);
      edit("cp-3", "guest", "admin");
      await lab.host("cp-1").exec("mv /usr/bin/kubelet /usr/bin/kubelet.away");

      expect(await problems()).toEqual([
        "cp-1: There is no kubelet.",
        expect.stringMatching(
          /^cp-2: 10.77.0.12 does not show the host key that hostKey pins/,
        ),
        expect.stringMatching(
          /^cp-3: 10.77.0.13 shows another host key than the one that was accepted before/,
        ),
      ]);
    },
  );

  step(
    "are reported with everything that they lack, in one error",
    async () => {
      edit("cp-2", /, hostKey: "[^"]*"/, "");
      await lab.admin.run(
        ["ssh-keygen", "-R", "cp-3", "-f"].concat(cluster.store("known_hosts")),
      );
      cluster.edit((main) =>
        main
          .replace('"cgroupDriver":"cgroupfs"', '"cgroupDriver":"systemd"')
          .replace('"failSwapOn":false', '"failSwapOn":true'),
      );
      await lab.host("cp-1").exec(TAKEN_PORT_AND_FULL_DISK);
      await lab.host("cp-2").exec(WRONG_CLOCK_SWAP_AND_NO_RUNTIME);
      const machineId = await lab.host("cp-1").exec("cat /etc/machine-id");
      await lab.host("cp-3").exec(CLONE_WITHOUT_PLUGINS_AND_REGISTRY, {
        input: machineId,
      });

      expect(await problems()).toEqual([
        "cp-1: There is no kubelet.",
        "cp-1, cp-3: Its containerd uses the cgroup driver cgroupfs, its kubelet systemd: pods would crash or never start.",
        expect.stringMatching(
          /^cp-1: Port 2379 of etcd is taken by socat \(process \d+\)\.$/,
        ),
        "cp-1: The file system of /var/lib/kubelet has only 1 MiB left.",
        expect.stringMatching(
          /^cp-2: Its clock is (7199|720[01]) s ahead of this machine's/,
        ),
        "cp-2: It uses /dev/sda2 as swap, with which kubelet does not start.",
        "cp-2: containerd is installed, but /run/containerd/containerd.sock is missing.",
        "cp-3: /opt/cni/bin has no host-local, portmap, which the routed pod network needs.",
        expect.stringMatching(
          /^cp-3: It lacks registry.k8s.io\/etcd:\S+, .*coredns\S+: failed to do request: .*: connection refused\.$/,
        ),
        `cp-3: It has the same machine id as cp-1, ${machineId.trim()}: both are the same machine, or clones of the same image.`,
      ]);
    },
  );
});

const ADD_GUEST = `
useradd --create-home --shell /bin/sh guest
cp -r /home/admin/.ssh /home/guest/.ssh
chown -R guest:guest /home/guest/.ssh
`;

const ANOTHER_HOST_KEY = `
rm /etc/ssh/ssh_host_ed25519_key*
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
systemctl restart ssh
`;

const TAKEN_PORT_AND_FULL_DISK = `
systemd-run --quiet --service-type=exec socat TCP-LISTEN:2379,fork SYSTEM:true
mkdir -p /var/lib/kubelet
mount -t tmpfs -o size=1m,mode=755 tmpfs /var/lib/kubelet
`;

/** All hosts of a lab share one clock, and none swaps, so the programs that report these are replaced. */
const WRONG_CLOCK_SWAP_AND_NO_RUNTIME = `
printf '#!/bin/sh\\nexec /bin/date --date="2 hours" "$@"\\n' > /usr/local/bin/date
chmod 755 /usr/local/bin/date
printf 'Filename Type Size Used Priority\\n/dev/sda2 partition 1000 0 -2\\n' > /run/swaps
mount --bind /run/swaps /proc/swaps
systemctl stop containerd
`;

/** Connections to the nameserver's address are refused at once. */
const CLONE_WITHOUT_PLUGINS_AND_REGISTRY = `
cat > /etc/machine-id
rm /usr/lib/cni/portmap /usr/lib/cni/host-local
echo nameserver 127.0.0.1 > /etc/resolv.conf
`;
