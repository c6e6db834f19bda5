import type { RolloutRequest } from "../../request/request";
import { counted } from "../../base/counted";
import { isHosted, LiveCluster } from "./live-cluster";
import { rollOut } from "./loop";
import { sayOldKubelets } from "./old-kubelets";
import { forecastSteps, nextStep } from "./planner";
import { titleOf } from "./request";
import type { Session } from "./session";
import type { Step } from "./step";
import { doStep } from "./steps";
import { stageOf } from "./upgrade";

/** Makes the hosts match their trees, step by step; the planner decides which step comes next. */
export async function rollOutHosts(
  request: RolloutRequest,
  session: Session,
  previewed?: readonly Step[],
): Promise<void> {
  const cluster = await LiveCluster.open(request, session);
  const title = titleOf(request);
  const upgrade = stageOf(request, session.inventory);
  await rollOut(
    {
      title,
      previewed,
      view: async (done) => ({ ...(await cluster.view()), done }),
      decide: nextStep,
      forecast: (view) => forecastSteps(view).steps,
      doStep: (step) => doStep(step, cluster),
      recordDuration: (step, milliseconds) =>
        session.recordDuration(request, step, milliseconds),
    },
    session.work,
  );
  const healthy = counted(cluster.nodes.length, "node");
  if (isHosted(request)) session.work.say(`${title}: ${healthy} healthy`);
  if (isHosted(request) && upgrade !== "none") await sayOldKubelets(cluster);
}
