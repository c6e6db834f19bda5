import type { Construct } from "constructs";
import { ControlPlane } from "../../../lib";
import { clusterProps, newStack } from "../../support/cluster";

/** As a program does that nobody checks. */
export const make = (
  type: new (scope: Construct, id: string, props: never) => unknown,
  props: unknown,
) => new type(newStack(), "it", props as never);

export const cluster = (props: object) =>
  make(ControlPlane, { ...clusterProps({}), ...props });
