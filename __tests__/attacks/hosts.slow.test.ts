import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeDrift } from "../../lib/request/drift";
import { inventoryFile } from "../../lib/store/store";
import { goneWith } from "../agent/hosts/support/place";
import type { Sshd } from "../agent/hosts/support/sshd";
import { text } from "../agent/support/artefacts";
import { nodeRequest, rolloutRequest } from "../agent/support/rollout";
import { type Outcome, Workplace } from "../agent/support/workplace";
import { HONEST_UNTIL, hostileHost } from "./support/hostile-host";

/** MiB of JavaScript that the agent may have, and of memory altogether: a bare Node takes 50. */
const HEAP = 64;
const MOST_MEMORY = 220;

// eslint-disable-next-line no-control-regex
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

let place: Workplace;
let host: Sshd | undefined;

beforeEach(() => (place = new Workplace()));
afterEach(async () => {
  await host?.remove();
  host = undefined;
  rmSync(place.root, { recursive: true, force: true });
});

/** Runs the agent against a host whose every session is answered by that script. */
async function run(
  action: "check" | "rollout",
  script: string,
  config: readonly string[] = [],
): Promise<Outcome> {
  host = await hostileHost(script, config);
  await place.batch([
    text("nodes/cp-1/root/etc/kubernetes/a.conf", "wanted"),
    text("nodes/cp-1/root/etc/kubernetes/kubelet.conf", "users: []\n"),
  ]);
  const node = {
    ...nodeRequest("cp-1", "10.0.0.1"),
    access: host.access(),
    components: [{ name: "kubelet", ports: [10250], timeout: 5 }],
  };
  const inventory = {
    stack: "demo",
    clusterName: "demo",
    nodes: { "cp-1": { ...node, tree: "brought" } },
  };
  await place.store.write([inventoryFile(inventory)], "test-1");
  const memory = join(place.root, "memory");
  const outcome = await place.run(
    action === "check"
      ? { action }
      : { ...rolloutRequest("cp-1"), nodes: [node] },
    [],
    {
      preload: join(__dirname, "support/memory.js"),
      env: {
        NODE_OPTIONS: `--max-old-space-size=${HEAP}`,
        MEMORY_FILE: memory,
        HOME: process.env.HOME ?? "/root",
      },
    },
  );
  const all = outcome.stdout + outcome.stderr;
  expect(all).not.toMatch(OBEYED);
  expect(all).not.toMatch(/bug of the agent|^\s+at .*:\d+/m);
  expect(Number(readFileSync(memory, "utf8")) / 1024).toBeLessThan(MOST_MEMORY);
  await goneWith(`-p ${host.port}`);
  return outcome;
}

/** Why a check could not look at the node. */
async function reasonOf(script: string): Promise<string> {
  const { stdout, stderr, status } = await run("check", script);
  expect([status, stderr]).toEqual([0, ""]);
  const [drift] = JSON.parse(stdout) as NodeDrift[];
  expect(drift.node).toBe("cp-1");
  const reason = drift.unreachable ?? "none";
  expect(reason).toMatch(/^(The connection to )?cp-1 /);
  return reason;
}

const { facts, files } = HONEST_UNTIL;

describe("a host that lies", () => {
  test.each([
    ["at once", "", "4 MiB"],
    ["when it is asked how the machine is", facts, "4 MiB"],
    ["when it is asked for its files", files, "4 MiB"],
  ])("fails when it writes without an end %s", async (_, until, limit) => {
    expect(await reasonOf(`${until}begin; endless`)).toContain(
      `cp-1 (127.0.0.1) wrote more than ${limit} in answer to one question`,
    );
  });

  test.each([
    [
      "1.5 GB of one line",
      "head -c 1500000000 /dev/zero | tr '\\0' a",
      "4 MiB",
    ],
    ["lines without an end", "yes", "4 MiB"],
    ["empty lines without an end", "yes ''", "4 MiB"],
    ["more lines than are read", "seq 60000", "50000 lines"],
    ["an error without an end", "endless >&2", "1 MiB"],
    ["1.5 GB of errors", "head -c 1500000000 /dev/zero >&2", "1 MiB"],
    ["facts without an end", "yes 'swap YQ=='", "4 MiB"],
    ["one fact of many values", "fact swap; yes AAAA | tr '\\n' ' '", "4 MiB"],
  ])("fails when it writes %s", async (_, script, limit) => {
    expect(await reasonOf(`${facts}begin; ${script}`)).toContain(
      `wrote more than ${limit} in answer to one question`,
    );
  });

  test("fails when it says nothing, and goes on saying it", async () => {
    expect(await reasonOf(`${facts}exec sleep 1000`)).toContain(
      "cp-1 (127.0.0.1) did not answer for 30 s, though connected.",
    );
  });

  test.each([
    ["it closes half way", `${files}begin; echo abs; kill -9 $PPID`],
    ["it closes before it says anything", `${facts}kill -9 $PPID`],
    ["it closes at once", "kill -9 $PPID"],
  ])("fails when %s", async (_, script) => {
    expect(await reasonOf(script)).toMatch(
      /^The connection to cp-1 \(127\.0\.0\.1\) was lost/,
    );
  });

  test.each([
    ["no fact", `${facts}begin; echo hello`, "did not run a shell script"],
    [
      "files, asked for facts",
      `${facts}begin; echo absent; echo absent`,
      "did not run a shell script",
    ],
    [
      "facts, asked for files",
      `${files}facts; fact ended`,
      "answers with something else when it is asked for /etc/kubernetes/a.conf",
    ],
    [
      "no time",
      `${facts}begin; fact began soon; fact finished later; fact ended`,
      "asked for its time: expected is a number of seconds",
    ],
    [
      "images that are no JSON",
      `${facts}facts; fact crictl-images '{"images": [\\033[2J'; fact ended`,
      "asked for the images of its container runtime",
    ],
    [
      "images of another shape",
      `${facts}facts; fact crictl-images '{"images":{"__proto__":[]}}'; fact ended`,
      "asked for the images of its container runtime",
    ],
    [
      "images that nest without an end",
      `${facts}facts; fact crictl-images "$(head -c 100000 /dev/zero | tr '\\0' '[')"; fact ended`,
      "asked for the images of its container runtime",
    ],
    [
      "too few lines",
      `${files}begin; echo absent`,
      "answers with something else when it is asked for ",
    ],
    [
      "a file without a hash",
      `${files}begin; yes 'file \u001b[2J 0644 0:0 root:root' | head -50`,
      "answers with something else when it is asked for /etc/kubernetes/a.conf",
    ],
    [
      "what was never delivered anywhere",
      `${files}begin; yes absent | head -20; echo 'delivered ../../a'`,
      "answers with something else when it is asked for ",
    ],
    [
      "a path that is too long",
      `${files}begin; yes absent | head -20; echo "delivered /$(head -c 1000000 /dev/zero | tr '\\0' '/')"`,
      "answers with something else when it is asked for ",
    ],
    ["an exit code", `${facts}exit 77`, "did not run a shell script"],
    [
      "an error with signs for a terminal",
      `${facts}printf 'a\\033[2J\\033]0;x\\007\\nError: forged\\r\\n\\302\\233' >&2; exit 3`,
      "did not run a shell script",
    ],
    [
      "no UTF-8",
      `${facts}begin; head -c 1000 /dev/urandom; head -c 1000 /dev/urandom >&2; exit 3`,
      "did not run a shell script",
    ],
  ])("fails when it answers with %s", async (_, script, expected) => {
    const reason = await reasonOf(script);
    expect(reason).toContain(expected);
    expect(reason).not.toMatch(/^Error:/m);
  });

  test.each(["kubelet", "kubelet-unit", "containerd", "ctr", "swap"])(
    "fails when what it says of %s has more lines than a regular expression gets over",
    async (name) => {
      const blanks = "head -c 300000 /dev/zero | tr '\\0' '\\n' | base64 -w0";
      const fact = `echo ${name} $(${blanks}) $(${blanks})`;
      expect(await reasonOf(`${facts}facts; ${fact}; fact ended`)).toContain(
        `asked for ${name}: expected is at most 50000 lines`,
      );
    },
  );

  test("findings before a rollout show what a host says as text, and name the node", async () => {
    const { stderr, status } = await run(
      "rollout",
      `${facts}
       if asked 'fact began'; then
         facts
         fact kubelet-unit 'LoadState=loaded'
         fact kubelet '/usr/bin/kub\\033[2Jelet' 'Kubern\\033]0;owned\\007'
         fact swap 'Filename\\n/dev/\\033[31msda\\302\\233 x'
         fact ended
       fi
       honest`,
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: .*no node was changed\.\n- cp-1: /);
    expect(stderr).toContain("/dev/\\x1b[31msda\\x9b");
    expect(stderr).toContain("kub\\x1b[2Jelet");
  });

  test.each([
    [
      "begin without an end",
      "yes -- '-----BEGIN CERTIFICATE-----' | head -40000",
    ],
    [
      "hold nothing but blanks and no base64",
      "echo -----BEGIN CERTIFICATE-----; head -c 1000000 /dev/zero | tr '\\0' ' '; echo '!-----END CERTIFICATE-----'",
    ],
  ])("certificates of a kubelet that %s keep nobody busy", async (_, said) => {
    const { stdout, stderr } = await run(
      "check",
      `made_before() {
         mkdir -p /etc/kubernetes /var/lib/kubelet/pki
         echo 'users: []' >/etc/kubernetes/kubelet.conf
         { ${said}; } >/var/lib/kubelet/pki/kubelet-client-current.pem
       }
       honest`,
    );
    expect(stderr).toBe("");
    const [drift] = JSON.parse(stdout) as NodeDrift[];
    expect(drift.unreachable).toBeUndefined();
    expect(drift.missing).toEqual(["/etc/kubernetes/a.conf"]);
  });

  test("a group with blanks in its name, of a directory of users, is only another owner", async () => {
    const { stdout } = await run(
      "check",
      `made_before() {
         mkdir -p /etc/kubernetes
         echo 'root:x:0:0::/:/bin/sh' >/etc/passwd
         printf 'root:x:0:\ndomain users:x:7777:\n' >/etc/group
         printf wanted >/etc/kubernetes/a.conf
         chmod 0600 /etc/kubernetes/a.conf
         chgrp 7777 /etc/kubernetes/a.conf
       }
       honest`,
    );
    const [drift] = JSON.parse(stdout) as NodeDrift[];
    expect(drift.unreachable).toBeUndefined();
    expect(drift.changed).toEqual(["/etc/kubernetes/a.conf"]);
  });

  test("a banner neither reaches the terminal nor counts as a reason", async () => {
    const folder = place.root;
    const banner = join(folder, "banner");
    writeFileSync(
      banner,
      `\u001b[2J\u0007Error: forged\nPermission denied (publickey)\n${"a".repeat(50_000)}\n`.repeat(
        3,
      ),
    );
    const { stdout, status } = await run("check", "honest", [
      `Banner ${banner}`,
    ]);
    expect(status).toBe(0);
    const [drift] = JSON.parse(stdout) as NodeDrift[];
    expect(drift.unreachable).toBeUndefined();
    expect(drift.missing).toEqual([
      "/etc/kubernetes/a.conf",
      "/etc/kubernetes/kubelet.conf",
    ]);
    expect(drift.unhealthy).toEqual(["kubelet"]);
  });
});
