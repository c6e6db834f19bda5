import type { TerraformStack } from "cdktf";
import type { ControlPlane, ControlPlaneProps } from "../../../lib";
import { cluster } from "../../support/cluster";
import { Machine } from "../../support/machine";

/** Gives a text that Terraform knows only at apply. */
export type Later = (text: string) => string;

/** A program with texts that Terraform knows only at apply. */
export const laterProgram =
  (
    props: (later: Later) => Partial<ControlPlaneProps>,
    use: (controlPlane: ControlPlane, later: Later) => void = () => {},
  ) =>
  (stack: TerraformStack) => {
    let count = 0;
    const later: Later = (text) =>
      new Machine(stack, `machine-${++count}`, text).address;
    cluster(props(later), (controlPlane) => use(controlPlane, later))(stack);
  };
export const endpoint = (host: string) => (later: Later) => ({
  endpoint: `${later(host)}:6443`,
});
