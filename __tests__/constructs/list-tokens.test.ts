import { TerraformStack, Testing, Token } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  Etcd,
  InputError,
} from "../../lib";
import { clusterProps, node } from "../support/cluster";
import { errorOf } from "../support/errors";

/** A list whose number of items is known only at apply. */
const list = () => Token.asList("${terraform_data.x.output}");

const synthesize = (
  props: Partial<ControlPlaneProps>,
  add: (controlPlane: ControlPlane) => unknown = () => undefined,
) => {
  const stack = new TerraformStack(Testing.app(), "stack");
  add(new ControlPlane(stack, "it", { ...clusterProps({}), ...props }));
  return Testing.synth(stack);
};

test.each<[string, Partial<ControlPlaneProps>]>([
  ["certSans", { certSans: list() }],
  ["etcd's names", { etcd: Etcd.stacked({ serverCertSans: list() }) }],
  ["addresses", { nodes: [{ ...node(1), addresses: list() }] }],
  ["archives", { images: { archives: list() } }],
])("%s may be a list that is known only at apply", (_, props) => {
  expect(synthesize(props)).toContain("terraform_data.x.output");
});

describe("fails when a list that is known only at apply is in the place of a text", () => {
  it.each<[string, string, Parameters<typeof synthesize>]>([
    [
      "the values of a flag",
      '"--api-audiences=(a list, known only at apply)"',
      [{ apiServer: { extraArgs: { "api-audiences": list() } } }],
    ],
    [
      "the endpoints of etcd",
      "--etcd-servers=",
      [{ etcd: Etcd.external({ endpoints: list() }) }],
    ],
    [
      "the roles of a user",
      "jane:(a list, known only at apply)",
      [{}, (of) => of.addUser("jane", { clusterRoles: list() })],
    ],
  ])("%s", (_, shown, given) => {
    const error = errorOf(() => synthesize(...given));
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toContain(shown);
    expect((error as InputError).remedy).toContain("Fn.element");
  });
});
