import { BOOTSTRAP_KUBECONFIG } from "../../catalog/kubelet";
import { toYaml } from "../../render/yaml";
import type { KubernetesApi } from "../cluster/api";
import { markNode, waitForNode } from "../cluster/nodes";
import { type Join, mintJoin, revoke } from "../cluster/tokens";
import { strangeAnswer } from "../hosts/errors";
import { notRegistered } from "./errors";
import type { HostFile } from "../hosts/host";
import type { RolloutRequest } from "../../request/request";
import { parseCertificates } from "../../pki/certificates";
import { change, together } from "./control-plane";
import { seconds } from "./health";
import { withNode } from "../../store/inventory";
import { leaveAll } from "./leave";
import { hasGoodCredentials, readKubeconfig } from "./kubelet-credentials";
import type { LiveNode } from "./live-node";
import { KUBELET_KUBECONFIG } from "./present";
import type { Session } from "./session";
import { treeFingerprint } from "./waiting";

/** Seconds that a token lives which a kubelet needs for a moment. */
const TOKEN = 15 * 60;
/** Milliseconds that a kubelet may take to get its certificate. */
const BOOTSTRAP = 120_000;

/** Brings the workers of a pool to their trees: those that are new all at once, the others a few at a time. */
export async function rollPool(
  request: RolloutRequest,
  nodes: readonly LiveNode[],
  session: Session,
): Promise<void> {
  const { say } = session.work;
  const api = await session.api(request.nodes);
  const caPem = caOf(nodes);
  const joined = nodes.filter((node) =>
    keepWorkerCredentials(node, request.endpoint),
  );
  const fresh = nodes.filter((node) => !joined.includes(node));

  if (fresh.length > 0) {
    const join = await mintJoin(api, {
      caPem,
      server: request.endpoint,
      ttlSeconds: TOKEN,
      description: `joins ${fresh.map(({ name }) => name).join(", ")}`,
    });
    try {
      await together(fresh, joined, (node) =>
        joinCluster(node, join, api, request, say),
      );
    } finally {
      await revoke(api, join.tokenId);
    }
  }
  await rollJoined(joined, request);
  for (const node of nodes) {
    const { name, labels, taints } = node.request;
    await waitForNode(api, name);
    await markNode(api, { name, labels, taints });
    await session.keep(
      withNode(session.inventory, name, {
        tree: treeFingerprint(node.props.tree, node.request.binaries),
        retired: undefined,
      }),
    );
  }
  await leaveAll(request, session, { api });
  if (nodes.length > 0)
    say(
      `${request.clusterName} ${request.pool?.name}: ${nodes.length} healthy`,
    );
}

function caOf(nodes: readonly LiveNode[]): string {
  const file = nodes[0]?.props.tree.find(({ path }) =>
    path.endsWith("/ca.crt"),
  );
  return file?.content.toString() ?? "";
}

/** A worker that joined goes on with what its kubelet has, led to where the endpoint is now. */
export function keepWorkerCredentials(
  node: LiveNode,
  endpoint: string,
): boolean {
  const text = node.present.kubeletKubeconfig;
  const kubeconfig = text && readKubeconfig(text);
  const caPem = caOf([node]);
  if (!kubeconfig || !isWorker(node) || caPem === "") return false;
  if (!hasGoodCredentials(kubeconfig, parseCertificates(caPem), node.present))
    return false;
  node.setExtra([kubeletKubeconfig(node.name, text, caPem, endpoint)]);
  return true;
}

/** The kubelet of the control plane has its kubeconfig from the tree. */
const isWorker = ({ props }: LiveNode): boolean =>
  !props.tree.some(({ path }) => path === KUBELET_KUBECONFIG);

/** What kubelet wrote, unless the endpoint or the authority is another by now. */
function kubeletKubeconfig(
  node: string,
  text: Buffer,
  caPem: string,
  server: string,
): HostFile {
  const file = { path: KUBELET_KUBECONFIG, mode: 0o600, owner: "root:root" };
  const kubeconfig = readKubeconfig(text);
  if (!kubeconfig) throw strangeAnswer(node, file.path, "a kubeconfig");
  const [first, ...others] = kubeconfig.clusters ?? [];
  const data = Buffer.from(caPem).toString("base64");
  const { cluster } = first ?? {};
  const present = Buffer.from(
    cluster?.["certificate-authority-data"] ?? "",
    "base64",
  );
  if (cluster?.server === server && present.toString().trim() === caPem.trim())
    return { ...file, content: text };
  const clusters = [
    {
      name: first?.name ?? "default-cluster",
      cluster: { "certificate-authority-data": data, server },
    },
    ...others,
  ];
  return { ...file, content: Buffer.from(toYaml({ ...kubeconfig, clusters })) };
}

/** TLS bootstrap: kubelet asks for a certificate with the token, and from then on is itself. */
async function joinCluster(
  node: LiveNode,
  { kubeconfig }: Join,
  api: KubernetesApi,
  { endpoint }: RolloutRequest,
  say: (line: string) => void,
): Promise<void> {
  const start = Date.now();
  node.setExtra([
    {
      path: BOOTSTRAP_KUBECONFIG,
      content: Buffer.from(kubeconfig),
      mode: 0o600,
      owner: "root:root",
    },
  ]);
  const change = await node.bring({
    startsKubelet: true,
    removed: [KUBELET_KUBECONFIG],
  });
  await node.wait(node.request.components, change, false);
  // kubelet writes its kubeconfig before it has the certificate, for which it needs the token; and the Node may be there
  // from an earlier life of the machine.
  const text = await node.until(
    ({ kubeletKubeconfig, kubeletCertificate }) =>
      kubeletCertificate && kubeletKubeconfig,
    BOOTSTRAP,
  );
  if (!text) throw notRegistered(node.name, BOOTSTRAP / 1000);
  await waitForNode(api, node.name);
  node.setExtra([kubeletKubeconfig(node.name, text, caOf([node]), endpoint)]);
  // What is left is to take the token away.
  await node.bring({ startsKubelet: false });
  say(`${node.name}: joined after ${seconds(start)}`);
}

async function rollJoined(
  nodes: readonly LiveNode[],
  { maxUnavailable }: RolloutRequest,
): Promise<void> {
  const ill = nodes.filter((node) => !node.isHealthy);
  const well = nodes.filter((node) => node.isHealthy && node.differs);
  await together(ill, well, change);
  while (well.length > 0)
    await together(well.splice(0, maxUnavailable), well, change);
}
