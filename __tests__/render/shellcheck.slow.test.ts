import { execFileSync } from "node:child_process";
import { addressOf } from "../../lib/constructs/hosts";
import { endpointFiles } from "../../lib/render/endpoint";
import { KUBEADM_CASES } from "../support/kubeadm";
import { siteOf } from "../support/site";

test.each(["192.168.100.200", "fd00::64"])(
  "shellcheck finds nothing in the scripts of the virtual IP %s",
  (address) => {
    const site = siteOf(KUBEADM_CASES[0].config);
    const endpoint = {
      kind: "virtual-ip" as const,
      routerId: 51,
      port: 8443,
      healthPort: 8444,
      ...addressOf(address),
    };
    const scripts = endpointFiles({ ...site, endpoint }, site.nodes[0])
      .map(({ text }) => text)
      .filter((text) => text.startsWith("#!"));
    expect(scripts).toHaveLength(2);
    // keepalived, not the shell, reads $INTERFACE.
    const options = ["--exclude=SC2016", "-"];
    for (const input of scripts) execFileSync("shellcheck", options, { input });
  },
);
