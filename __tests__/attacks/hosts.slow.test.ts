import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeDrift } from "../../lib/request/drift";
import { HONEST_UNTIL } from "./support/hostile-host";
import { HostileRuns } from "./support/hostile-runs";

const hostile = HostileRuns.inEachTest();
const { run, reasonOf } = hostile;
const { facts, files } = HONEST_UNTIL;

describe("a hostile host", () => {
  test.each([
    ["at once", "", "4 MiB"],
    ["when it is asked for facts", facts, "4 MiB"],
    ["when it is asked for its files", files, "4 MiB"],
  ])("is cut off when it prints endlessly %s", async (_, until, limit) => {
    expect(await reasonOf(`${until}begin; endless`)).toContain(
      `cp-1 (127.0.0.1) printed more than ${limit} in answer to one command`,
    );
  });

  test.each([
    [
      "1.5 GB of one line",
      "head -c 1500000000 /dev/zero | tr '\\0' a",
      "4 MiB",
    ],
    ["endless lines", "yes", "4 MiB"],
    ["endless empty lines", "yes ''", "4 MiB"],
    ["more lines than allowed", "seq 60000", "50000 lines"],
    ["an endless error", "endless >&2", "1 MiB"],
    ["1.5 GB of errors", "head -c 1500000000 /dev/zero >&2", "1 MiB"],
    ["endless facts", "yes 'swap YQ=='", "4 MiB"],
    [
      "one fact with many values",
      "fact swap; yes AAAA | tr '\\n' ' '",
      "4 MiB",
    ],
  ])("is cut off when it prints %s", async (_, script, limit) => {
    expect(await reasonOf(`${facts}begin; ${script}`)).toContain(
      `printed more than ${limit} in answer to one command`,
    );
  });

  test("is given up when it prints nothing and does not end", async () => {
    expect(await reasonOf(`${facts}exec sleep 1000`)).toContain(
      "cp-1 (127.0.0.1) did not answer within 30 s.",
    );
  });

  test.each([
    ["closes half way", `${files}begin; echo abs; kill -9 $PPID`],
    ["closes before it answers", `${facts}kill -9 $PPID`],
    ["closes at once", "kill -9 $PPID"],
  ])("has lost the connection when it %s", async (_, script) => {
    expect(await reasonOf(script)).toMatch(
      /^The connection to cp-1 \(127\.0\.0\.1\) was lost/,
    );
  });

  test.each([
    ["no facts", `${facts}begin; echo hello`, "did not run a shell script"],
    [
      "files instead of facts",
      `${facts}begin; echo absent; echo absent`,
      "did not run a shell script",
    ],
    [
      "facts instead of files",
      `${files}facts; fact ended`,
      "gave an unexpected answer when it was asked for /etc/kubernetes/a.conf",
    ],
    [
      "no time",
      `${facts}begin; fact began soon; fact finished later; fact ended`,
      "asked for its time. Expected is a number of seconds",
    ],
    [
      "images that are not JSON",
      `${facts}facts; fact crictl-images '{"images": [\\033[2J'; fact ended`,
      "asked for the images of its container runtime",
    ],
    [
      "images of another shape",
      `${facts}facts; fact crictl-images '{"images":{"__proto__":[]}}'; fact ended`,
      "asked for the images of its container runtime",
    ],
    [
      "images that nest endlessly",
      `${facts}facts; fact crictl-images "$(head -c 100000 /dev/zero | tr '\\0' '[')"; fact ended`,
      "asked for the images of its container runtime",
    ],
    [
      "too few lines",
      `${files}begin; echo absent`,
      "gave an unexpected answer when it was asked for ",
    ],
    [
      "a file without a hash",
      `${files}begin; yes 'file \u001b[2J 0644 0:0 root:root' | head -50`,
      "gave an unexpected answer when it was asked for /etc/kubernetes/a.conf",
    ],
    [
      "a delivered file with a relative path",
      `${files}begin; yes absent | head -20; echo 'delivered ../../a'`,
      "gave an unexpected answer when it was asked for ",
    ],
    [
      "a path that is too long",
      `${files}begin; yes absent | head -20; echo "delivered /$(head -c 1000000 /dev/zero | tr '\\0' '/')"`,
      "gave an unexpected answer when it was asked for ",
    ],
    ["an exit code", `${facts}exit 77`, "did not run a shell script"],
    [
      "an error with control characters",
      `${facts}printf 'a\\033[2J\\033]0;x\\007\\nError: forged\\r\\n\\302\\233' >&2; exit 3`,
      "did not run a shell script",
    ],
    [
      "invalid UTF-8",
      `${facts}begin; head -c 1000 /dev/urandom; head -c 1000 /dev/urandom >&2; exit 3`,
      "did not run a shell script",
    ],
  ])("is refused when it answers with %s", async (_, script, expected) => {
    const reason = await reasonOf(script);
    expect(reason).toContain(expected);
    expect(reason).not.toMatch(/^Error:/m);
  });

  test.each(["kubelet", "kubelet-unit", "containerd", "ctr", "swap"])(
    "is refused when the fact %s has more lines than a regular expression can process",
    async (name) => {
      const blanks = "head -c 300000 /dev/zero | tr '\\0' '\\n' | base64 -w0";
      const fact = `echo ${name} $(${blanks}) $(${blanks})`;
      expect(await reasonOf(`${facts}facts; ${fact}; fact ended`)).toContain(
        `asked for ${name}. Expected is at most 50000 lines`,
      );
    },
  );

  test("cannot put control characters into the findings of a preflight", async () => {
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
      "begin but never end",
      "yes -- '-----BEGIN CERTIFICATE-----' | head -40000",
    ],
    [
      "contain only spaces and no base64",
      "echo -----BEGIN CERTIFICATE-----; head -c 1000000 /dev/zero | tr '\\0' ' '; echo '!-----END CERTIFICATE-----'",
    ],
  ])(
    "cannot keep the agent busy with certificates that %s",
    async (_, printing) => {
      const { stdout, stderr } = await run(
        "check",
        `made_before() {
         mkdir -p /etc/kubernetes /var/lib/kubelet/pki
         echo 'users: []' >/etc/kubernetes/kubelet.conf
         { ${printing}; } >/var/lib/kubelet/pki/kubelet-client-current.pem
       }
       honest`,
      );
      expect(stderr).toBe("");
      const [drift] = JSON.parse(stdout) as NodeDrift[];
      expect(drift.unreachable).toBeUndefined();
      expect(drift.missing).toEqual(["/etc/kubernetes/a.conf"]);
    },
  );

  test("may have a group with spaces in its name, which counts as another owner", async () => {
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

  test("may send a banner, which is neither printed nor taken for the reason of a failure", async () => {
    const folder = hostile.place.root;
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
