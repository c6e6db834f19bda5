import type { PlannedFile, RolloutRequest } from "../../request/request";
import { withLastSeconds } from "../rollout/durations";
import type { Preview } from "../rollout/preview-shape";
import { titleOf } from "../rollout/request";
import type { Session } from "../rollout/session";
import { forecastLocalSteps } from "./planner";
import { LocalMachine } from "./rollout";

/** Reads the processes of this machine and plans as a rollout does, but changes nothing. */
export async function previewProcesses(
  request: RolloutRequest,
  session: Session,
  files: readonly PlannedFile[],
): Promise<Preview> {
  const planned = new Set(files.map(({ path }) => path));
  const machine = new LocalMachine(request, session, planned);
  const { steps } = forecastLocalSteps(await machine.view([]));
  return {
    title: titleOf(request),
    steps: withLastSeconds(steps, request, session.inventory),
    warnings: [],
    unseen: [],
  };
}
