import type { Site } from "../../lib/catalog/site";
import { kubeletFiles } from "../../lib/render/kubelet";
import { fileVariableWord } from "../../lib/render/unit";
import { KUBEADM_CASES } from "../support/kubeadm";
import { siteOf } from "../support/site";
import { SPECIAL_VALUES, systemdWords } from "../support/systemd-words";

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

test("each value is one word of kubelet's command, and sets no other variable", () => {
  const flags = SPECIAL_VALUES.map((value, at) => [`flag-${at}`, value]);
  const { variables, words } = systemdWords(
    flagsFile(Object.fromEntries(flags)),
    NAME,
  );
  expect(words).toEqual([
    "--hostname-override=w1",
    ...flags.map(([name, value]) => `--${name}=${value}`),
  ]);
  expect(variables).toHaveLength(1);
});

test("without escapes, systemd would interpret a value as syntax", () => {
  const unescaped = `${NAME}="--a=${SPECIAL_VALUES[3]}"\n`;
  const { variables } = systemdWords(unescaped, NAME);
  expect(variables).toContain("LD_PRELOAD=/tmp/evil.so");
});
