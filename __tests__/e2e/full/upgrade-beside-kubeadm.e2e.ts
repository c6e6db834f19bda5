import { Deployment } from "../lab/deployment";
import { kubeadm } from "../lab/kubeadm";
import { Lab } from "../lab/lab";
import { withoutPodNetwork } from "../lab/program";
import { archivesOf, importImages, installPackages } from "../lab/releases";
import { say } from "../say";
import { step } from "../steps";
import { ENDPOINT, NODES } from "./three-nodes";

const FIRST = "1.35.4";
/** The images of this release are on all hosts. */
const NEXT = "1.36.3";
/** It stays the same, and its image is on all hosts. */
const DNS = "v1.14.2";
const PROGRAMS = ["kubeadm", "kubelet", "kubectl"];
/** The lab has control groups of version 1, and its pause image only waits, so kubeadm's test job would never end. */
const IGNORED = "--ignore-preflight-errors=SystemVerification,CreateJob";

// Nodes change one after another, and each waits for its components.
jest.setTimeout(20 * 60_000);

describe("the upgrade of three nodes beside kubeadm's", () => {
  step("takes the time that is printed", async () => {
    const theirs = await onHosts(kubeadmUpgrade);
    const ours = await onHosts(upgrade);
    say(
      `${FIRST} to ${NEXT} on three nodes: kubeadm upgrade ${theirs.toFixed(0)} s, cdktf-control-plane deploy ${ours.toFixed(0)} s (${(ours / theirs).toFixed(2)})`,
    );
  });

  /** On new hosts with the packages and images of the first release. */
  async function onHosts(
    measure: (lab: Lab) => Promise<number>,
  ): Promise<number> {
    const images = archivesOf(FIRST, { without: "coredns" });
    const lab = await Lab.start({
      hosts: Object.entries(NODES).map(([name, address]) => ({
        name,
        address,
      })),
      names: { "api.example.org": ENDPOINT },
    });
    try {
      await lab.give(ENDPOINT, lab.hosts[0]);
      for (const host of lab.hosts) {
        await installPackages(host, FIRST, PROGRAMS);
        await importImages(host, images);
      }
      return await measure(lab);
    } finally {
      await lab.end();
    }
  }

  /** As kubeadm's documentation says: apply on the first node, then one node after the other. */
  async function kubeadmUpgrade({ hosts }: Lab): Promise<number> {
    await kubeadm(hosts, "api.example.org", {
      kubernetesVersion: `v${FIRST}`,
      dns: { imageTag: DNS },
    });
    for (const host of hosts) await installPackages(host, NEXT, ["kubeadm"]);
    const start = Date.now();
    const [first, ...others] = hosts;
    await first.exec(`kubeadm upgrade apply v${NEXT} --yes ${IGNORED}`);
    for (const host of others)
      await host.exec(`kubeadm upgrade node ${IGNORED}`);
    return (Date.now() - start) / 1000;
  }

  async function upgrade(lab: Lab): Promise<number> {
    const cluster = new Deployment(
      lab,
      "prod",
      withoutPodNetwork({
        clusterName: "prod",
        endpoint: "api.example.org:6443",
        sshKey: lab.sshKey,
        nodes: NODES,
      })
        .replace(/(?<=kubernetesVersion: ")[^"]+/, FIRST)
        .replace(
          /(?=^ {2}nodes: \[$)/m,
          `  dns: { image: { tag: "${DNS}" } },\n`,
        ),
    );
    try {
      await cluster.deploy();
      cluster.edit((main) =>
        main.replace(/(?<=kubernetesVersion: ")[^"]+/, NEXT),
      );
      const start = Date.now();
      await cluster.deploy();
      return (Date.now() - start) / 1000;
    } finally {
      cluster.end();
    }
  }
});
