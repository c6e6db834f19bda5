import type { Deployment } from "./deployment";
import { ECHO_IMAGE } from "./images";
import { until } from "../say";

/** Two pods that are on different workers if they can be. */
export const ECHO = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "echo" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "echo" } },
    template: {
      metadata: { labels: { app: "echo" } },
      spec: {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: "kubernetes.io/hostname",
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: { app: "echo" } },
          },
        ],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    {
                      key: "node-role.kubernetes.io/control-plane",
                      operator: "DoesNotExist",
                    },
                  ],
                },
              ],
            },
          },
        },
        containers: [
          { name: "echo", image: ECHO_IMAGE, imagePullPolicy: "Never" },
        ],
      },
    },
  },
};

const BUDGET = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name: "echo" },
  spec: { minAvailable: 1, selector: { matchLabels: { app: "echo" } } },
};

/** Runs the two pods, of which a drain may evict only one at a time. */
export async function runGuardedEcho(cluster: Deployment): Promise<void> {
  for (const object of [ECHO, BUDGET])
    await cluster.kubectlWith(
      { input: JSON.stringify(object) },
      ..."apply --namespace=default --filename=-".split(" "),
    );
  await cluster.kubectl(
    ..."rollout status deployment/echo --namespace=default --timeout=120s".split(
      " ",
    ),
  );
}

/** The fewest of the two pods that were available during an action, as the cluster counts them. */
export async function fewestEchoes(
  cluster: Deployment,
  action: () => Promise<unknown>,
): Promise<number> {
  let fewest = Infinity;
  let ended = false;
  const watching = until("the action ends", 3600, async () => {
    const available = await cluster.kubectl(
      ..."get deployment echo --namespace=default --output=jsonpath={.status.availableReplicas}".split(
        " ",
      ),
    );
    fewest = Math.min(fewest, Number(available));
    return ended;
  });
  try {
    await action();
  } finally {
    ended = true;
    await watching;
  }
  return fewest;
}
