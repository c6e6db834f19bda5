import type { RolloutRequest } from "../../request/request";
import { counted } from "../../base/counted";
import { isHosted, LiveCluster } from "./live-cluster";
import { rollOut } from "./loop";
import { forecastSteps, nextStep } from "./planner";
import { titleOf } from "./request";
import type { Session } from "./session";
import type { Step } from "./step";
import { doStep } from "./steps";

/** Makes the hosts match their trees, step by step; the planner decides which step comes next. */
export async function rollHosts(
  request: RolloutRequest,
  session: Session,
  previewed?: readonly Step[],
): Promise<void> {
  const cluster = await LiveCluster.open(request, session);
  const title = titleOf(request);
  await rollOut(
    {
      title,
      previewed,
      look: async (done) => ({ ...(await cluster.look()), done }),
      decide: nextStep,
      foresee: (view) => forecastSteps(view).steps,
      carryOut: (step) => doStep(step, cluster),
      measure: (step, milliseconds) =>
        session.measure(request, step, milliseconds),
    },
    session.work,
  );
  const healthy = counted(cluster.nodes.length, "node");
  if (isHosted(request)) session.work.say(`${title}: ${healthy} healthy`);
}
