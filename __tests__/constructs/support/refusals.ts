import type { ControlPlaneProps } from "../../../lib";
import { newControlPlane, node } from "../../support/cluster";
import { expectHelpful, messageOf } from "../../support/errors";

type Props = Partial<ControlPlaneProps>;

/** Props that are refused, and parts of the error. */
export type Refusal = [what: string, props: Props, ...parts: string[]];

/** One test for each case: a control plane with these props is refused, with a helpful error. */
export const refuses = (name: string, cases: readonly Refusal[]) =>
  test.each(cases)(name, (_, props, ...parts) =>
    expectHelpful(
      messageOf(() => newControlPlane(props)),
      ...parts,
    ),
  );

/** One test for each case: a control plane with these props is accepted. */
export const takes = (
  name: string,
  cases: readonly (readonly [what: string, props: Props])[],
) =>
  test.each(cases)(name, (_, props) => {
    expect(() => newControlPlane(props)).not.toThrow();
  });

/** Props with one control-plane node that has these props. */
export const ofNode = (props: Parameters<typeof node>[1]): Props => ({
  nodes: [node(1, props)],
});

/** Props with one environment variable of the scheduler. */
export const variable = (props: object) =>
  ({ scheduler: { extraEnvs: [props] } }) as Props;
