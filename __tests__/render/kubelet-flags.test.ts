import type { Site } from "../../lib/catalog/site";
import { kubeletFiles } from "../../lib/render/kubelet";
import { fileVariableWord } from "../../lib/render/unit";
import { KUBEADM_CASES } from "../support/kubeadm";
import { siteOf } from "../support/site";

const NAME = "KUBELET_KUBEADM_ARGS";
const single = siteOf(
  KUBEADM_CASES.find(
    ({ name, version }) => name === "single" && version === "v1.36.3",
  )!.config,
);

function flagsFile(values: Readonly<Record<string, string>>): string {
  const site: Site = { ...single, kubelet: { config: {}, extraArgs: values } };
  const [node] = site.nodes;
  return kubeletFiles(site, node, { fileVariableWord }).find(({ path }) =>
    path.endsWith(".env"),
  )!.content as string;
}

test("values that need no quotes are written as kubeadm writes them", () => {
  expect(flagsFile({ "node-labels": "a=$b,c=%d" })).toBe(
    `${NAME}="--hostname-override=w1 --node-labels=a=$b,c=%d"\n`,
  );
});
