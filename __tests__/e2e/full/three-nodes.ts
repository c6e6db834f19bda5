import { Deployment } from "../lab/deployment";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";

export const NODES = {
  "cp-1": "10.77.0.11",
  "cp-2": "10.77.0.12",
  "cp-3": "10.77.0.13",
};
export const ENDPOINT = "10.77.0.10";

/** Three hosts, of which one has the address of the endpoint. */
export const startThreeHosts = (): Promise<Lab> =>
  Lab.start({
    hosts: Object.entries(NODES).map(([name, address]) => ({ name, address })),
    names: { "api.example.org": ENDPOINT },
    pods: false,
  });

/** A control plane on all three hosts. */
export const threeNodes = (lab: Lab): Deployment =>
  new Deployment(
    lab,
    "prod",
    program({
      clusterName: "prod",
      endpoint: "api.example.org:6443",
      sshKey: lab.sshKey,
      nodes: NODES,
    }),
  );
