import { Cluster } from "./cluster";
import { itRuns } from "./proof";

describe("one node, IPv6 only", () => {
  itRuns(
    new Cluster({
      main: `
        import { App, LocalBackend, TerraformStack } from "cdktf";
        import { ControlPlane, KeyAlgorithm } from "cdktf-control-plane";

        const app = new App();
        const stack = new TerraformStack(app, "ipv6");
        new LocalBackend(stack, { path: "../../../terraform.ipv6.tfstate" });
        new ControlPlane(stack, "cluster", {
          clusterName: "ipv6",
          kubernetesVersion: "1.36.3",
          keyAlgorithm: KeyAlgorithm.ECDSA_P256,
          serviceSubnet: "fd00:10:96::/112",
          podSubnet: "fd00:10:244::/56",
          nodes: [{ name: "cp-1", address: "fd00::11" }],
        });
        app.synth();
      `,
      clusterName: "ipv6",
      nodes: { "cp-1": "fd00::11" },
      adminAddress: "fd00::1",
      prefix: 64,
    }),
  );
});
