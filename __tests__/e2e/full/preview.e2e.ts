import type { Preview } from "../../../lib/agent/rollout/preview-shape";
import type { Deployment } from "../lab/deployment";
import type { Lab } from "../lab/lab";
import { step } from "../steps";
import { diskOf } from "./disk";
import { ENDPOINT, startThreeHosts, threeNodes } from "./three-nodes";

const API_SERVER = "/etc/kubernetes/manifests/kube-apiserver.yaml";

describe("a preview of a deploy", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await startThreeHosts();
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster = threeNodes(lab);
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  /** The disks of all hosts, without the files that etcd writes at any time. */
  const disks = () =>
    Promise.all(
      lab.hosts.map(async (host) =>
        (await diskOf(host))
          .split("\n")
          .filter((line) => !line.startsWith("/var/lib/etcd/")),
      ),
    );

  /** The kinds of the previewed steps, with their nodes. */
  async function previewed(): Promise<{ steps: string[]; all: Preview }> {
    const { output } = await cluster.run("preview", "--json");
    const { stacks } = JSON.parse(output.slice(output.indexOf("{"))) as {
      stacks: { rollouts: Preview[] }[];
    };
    const [all] = stacks.flatMap(({ rollouts }) => rollouts);
    const steps = all?.steps ?? [];
    return {
      steps: steps.map(({ kind, nodes }) =>
        `${kind} ${nodes.join(",")}`.trim(),
      ),
      all,
    };
  }

  step("is shown before a first deploy, and changes nothing", async () => {
    const before = await disks();
    const { steps } = await previewed();
    expect(steps).toEqual([
      "prepare cp-1,cp-2,cp-3",
      "start etcd cp-1,cp-2,cp-3",
      "start cp-1,cp-2,cp-3",
      "confirm cp-1,cp-2,cp-3",
      "apply objects",
      "pod network",
    ]);
    expect(await disks()).toEqual(before);
  });

  step("matches what the deploy then announces and does", async () => {
    const { output } = await cluster.deploy();
    expect(output).toMatch(
      /prod: 6 steps on the hosts\n(?:.*\n)*?.*2\. cp-1, cp-2, cp-3: start etcd/,
    );
    expect(output).not.toContain("differs from the preview");
    expect(output).not.toContain("an unexpected step");
  });

  step("is empty if nothing changes", async () => {
    const { output } = await cluster.run("preview");
    expect(output).toContain("nothing to do on hosts");
  });

  step(
    "names the files, the restarts, and how long the steps took before",
    async () => {
      setFlag("123");
      const before = await disks();
      const { steps, all } = await previewed();
      expect(steps).toEqual([
        "prepare cp-1,cp-2,cp-3",
        "change cp-1",
        "change cp-2",
        "change cp-3",
        "confirm cp-1,cp-2,cp-3",
        "apply objects",
        "pod network",
      ]);
      expect(all.steps[1].changes).toEqual({
        "cp-1": {
          files: [API_SERVER],
          removed: [],
          binaries: [],
          starts: [],
          restarts: ["kube-apiserver"],
          reloads: [],
        },
      });
      expect(all.steps[0].lastSeconds).toBeGreaterThan(0);
      expect(all.refusal).toBeUndefined();
      expect(await disks()).toEqual(before);
      const { output } = await cluster.deploy();
      expect(output).toMatch(/cp-1: [^]*cp-2: [^]*cp-3: /);
      expect(output).not.toContain("differs from the preview");
      expect(output).not.toContain("an unexpected step");
      expect(await previewedAgain()).toBe("nothing to do on hosts");
    },
  );

  step(
    "shows which node waits, and what is refused, if a machine is down",
    async () => {
      await lab.host("cp-2").kill();
      setFlag("321");
      const { steps, all } = await previewed();
      expect(steps.filter((each) => each.startsWith("change"))).toEqual([
        "change cp-1",
        "change cp-3",
      ]);
      expect(all.unseen.map(({ node }) => node)).toEqual(["cp-2"]);
      expect(all.refusal).toContain(
        "cp-2: not reached, so its changes are not delivered yet.",
      );
    },
  );

  async function previewedAgain(): Promise<string | undefined> {
    const { output } = await cluster.run("preview");
    return /nothing to do on hosts/.exec(output)?.[0];
  }

  function setFlag(value: string): void {
    const line = `  apiServer: { extraArgs: { "max-requests-inflight": "${value}" } },\n`;
    cluster.edit((main) =>
      main.replace(/( {2}apiServer: .*\n)?( {2}nodes: \[\n)/, `${line}$2`),
    );
  }
});
