import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import {
  ControlPlane,
  type ControlPlaneProps,
  LocalControlPlane,
  type LocalControlPlaneProps,
  NodeAccess,
  type SshProps,
} from "../../lib";
import { clusterProps } from "../support/cluster";
import { endsWell } from "./support/ends-well";
import { propsFor } from "./support/props";
import { SETTINGS } from "./support/settings";

const stack = () => new TerraformStack(Testing.app(), "stack");

test("any props make a control plane or an error that says what to do", () => {
  fc.assert(
    fc.property(propsFor("ControlPlaneProps"), (props) => {
      endsWell(() => {
        const of = stack();
        new ControlPlane(of, "it", props as unknown as ControlPlaneProps);
        Testing.synth(of);
      });
    }),
    SETTINGS,
  );
});

test("any single prop of a good control plane ends in the same way", () => {
  fc.assert(
    fc.property(
      propsFor("ControlPlaneProps").chain((props) => {
        const keys = Object.keys(props);
        return fc.tuple(
          fc.constant(props),
          keys.length > 0 ? fc.constantFrom(...keys) : fc.constant("x"),
        );
      }),
      ([props, key]) => {
        endsWell(() => {
          const of = stack();
          const one = { ...clusterProps({}), [key]: props[key] };
          new ControlPlane(of, "it", one as ControlPlaneProps);
          Testing.synth(of);
        });
      },
    ),
    SETTINGS,
  );
});

test("any props make a local control plane or an error that says what to do", () => {
  fc.assert(
    fc.property(propsFor("LocalControlPlaneProps"), (props) => {
      endsWell(() => {
        const of = stack();
        const given = { ...props, kubernetesVersion: "1.36.3" };
        new LocalControlPlane(of, "it", given as LocalControlPlaneProps);
        Testing.synth(of);
      });
    }),
    SETTINGS,
  );
});

test("any props make an access over SSH or an error that says what to do", () => {
  fc.assert(
    fc.property(propsFor("SshProps"), (props) => {
      endsWell(() => NodeAccess.ssh(props as unknown as SshProps));
    }),
    SETTINGS,
  );
});
