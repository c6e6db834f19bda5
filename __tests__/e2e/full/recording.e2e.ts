import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawRecording, parseRecording } from "../../../scripts/recording";
import { withoutColours } from "../../cli/support/screen";
import { REPOSITORY } from "../cluster";
import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { sshExample } from "../lab/program";
import { record } from "../lab/recorded";
import { step } from "../steps";

const NODES = ["cp-1", "cp-2", "cp-3"];
const ENDPOINT = "10.77.0.10";

/** With RECORD=1, the recording is kept: `npm run docs` draws it. */
describe("a rollout in a terminal", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    lab = await Lab.start({
      hosts: [
        ...NODES.map((name, at) => ({ name, address: `10.77.0.1${at + 1}` })),
        { name: "worker-1", address: "10.77.0.21" },
        { name: "worker-2", address: "10.77.0.22" },
      ],
      names: { "api.example.org": ENDPOINT },
      pods: false,
    });
    await lab.give(ENDPOINT, lab.host("cp-1"));
    cluster = new Deployment(lab, "prod", sshExample("10.77.0.", lab.sshKey));
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("comes up from nothing", async () => {
    await cluster.deploy();
  });

  step("shows each node of a new flag, one after another", async () => {
    cluster.edit((main) =>
      main.replace(
        "apiServer: { extraArgs: {",
        'apiServer: { extraArgs: { "audit-log-maxage": "30",',
      ),
    );
    const { cast, output, failed } = await record(
      cluster,
      100,
      `${process.execPath} ${join(REPOSITORY, "dist/control-plane.cjs")} deploy`,
    );
    expect(failed).toBe(false);
    const places = NODES.map((name) =>
      withoutColours(output).indexOf(`${name}: kube-apiserver healthy`),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    const picture = await drawRecording(parseRecording(cast), "a rollout");
    for (const name of NODES)
      expect(picture).toContain(`${name}: kube-apiserver healthy`);
    if (process.env.RECORD)
      writeFileSync(
        join(REPOSITORY, "scripts/rollout.cast"),
        cast.replaceAll(cluster.directory, "/home/jane/prod"),
      );
  });
});
