import { TerraformStack, Testing } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  KeyAlgorithm,
  NodeAccess,
} from "../../../lib";

/** A stack with a cluster of two nodes. */
export const stackWith = (
  props: Partial<ControlPlaneProps> = {},
  more: (controlPlane: ControlPlane) => void = () => {},
): TerraformStack => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const controlPlane = new ControlPlane(stack, "prod", {
    clusterName: "prod",
    kubernetesVersion: "1.36.3",
    endpoint: "api.example.org:6443",
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    nodes: ["cp-1", "cp-2"].map((name, i) => ({
      name,
      address: `10.0.0.${i + 1}`,
      access: NodeAccess.ssh({ host: name }),
      files: [
        {
          path: "/etc/kubernetes/audit.yaml",
          text: "kind: Policy\nrules: []\n",
        },
        { path: "/etc/motd", text: "${not} a %{template}\n", mode: "0644" },
        {
          path: "/etc/systemd/system/mine.service",
          text: "[constructor]\n__proto__=1\n[Service]\nExecStart=/bin/true \\\n  --a\n",
        },
      ],
    })),
    ...props,
  });
  more(controlPlane);
  return stack;
};
