import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import {
  CertificateAuthority,
  LocalControlPlane,
  NodeAccess,
  Store,
} from "../../lib";
import { readState } from "../../lib/cli/plan/state";
import { KIND_TRIGGER } from "../../lib/request/manifest";
import { manifestOf } from "../../lib/terraform/manifest";
import { cluster, node } from "../support/cluster";
import type { Program } from "../support/terraform";
import { type StateResource, stateResources } from "./support/applied";

/** A cluster on hosts with a pool, and a store with only a CA. */
const everything: Program = (stack) => {
  const access = (host: string) => NodeAccess.ssh({ host, user: "admin" });
  cluster(
    { nodes: [node(1, { access: access("10.0.0.11") })] },
    (controlPlane) =>
      controlPlane.addWorkers("blue", {
        nodes: [
          { name: "w-1", address: "10.0.1.1", access: access("10.0.1.1") },
        ],
      }),
  )(stack);
  const store = new Store(stack, "store", { directory: "stores/alone" });
  new CertificateAuthority(stack, "ca", { store, commonName: "ca" });
};

function synthesized(program: Program) {
  const stack = new TerraformStack(Testing.app(), "stack");
  program(stack);
  const rows = manifestOf(stack).stores.flatMap(({ resources }) => resources);
  return {
    resources: stateResources(stack),
    kinds: rows.map(({ address, kind }) => [address, kind] as const),
  };
}

const kindsIn = (resources: readonly StateResource[]) =>
  readState(JSON.stringify({ resources })).kinds;

const withNullProvider: Program = (stack) => {
  const provider = new NullProvider(stack, "null");
  cluster({ provider })(stack);
};

/** The state as earlier versions wrote it, without kinds. */
const withoutKinds = (resources: readonly StateResource[]): StateResource[] =>
  resources.map((resource) => {
    const [instance] = resource.instances;
    if (!JSON.stringify(instance.attributes).includes(KIND_TRIGGER))
      return resource;
    const { id } = instance.attributes;
    return { ...resource, instances: [{ ...instance, attributes: { id } }] };
  });

describe("this library's resources in a state", () => {
  test.each<[string, Program]>([
    ["terraform_data", everything],
    ["null_resource", withNullProvider],
  ])("are all that synthesis makes, with their kinds: %s", (_, program) => {
    const { resources, kinds } = synthesized(program);
    expect(Object.fromEntries(kindsIn(resources))).toEqual(
      Object.fromEntries(kinds),
    );
  });

  test("include the batch of a local control plane that has no cluster objects", () => {
    const { resources, kinds } = synthesized((stack) => {
      new LocalControlPlane(stack, "local", { kubernetesVersion: "1.36.3" });
    });
    const objects = /^terraform_data\.local_objects_[0-9A-F]{8}$/;
    expect(Object.fromEntries(kindsIn(resources))).toEqual(
      Object.fromEntries(kinds),
    );
    expect(kinds).toContainEqual([expect.stringMatching(objects), "batch"]);
    const alone = resources.filter(({ name }) => !/_rollout_/.test(name));
    expect(
      [...kindsIn(alone).keys()].filter((each) => objects.test(each)),
    ).toEqual([]);
  });

  test("are recognised in a state without kinds, except the teardown of a store without nodes", () => {
    const { resources, kinds } = synthesized(everything);
    const known = kindsIn(withoutKinds(resources));
    const unknown = kinds.filter(([address]) => !known.has(address));
    expect(unknown.map(([address]) => address)).toEqual([
      expect.stringMatching(/^terraform_data\.store_teardown_[0-9A-F]{8}$/),
    ]);
  });

  test("are recognised after the resources that depend on them were destroyed", () => {
    const { resources, kinds } = synthesized(everything);
    const order = ["guard", "anchor", "rollout", "batch"];
    const kindOf = new Map(kinds);
    for (const kind of order) {
      const left = resources.filter(
        ({ type, name }) =>
          !order
            .slice(0, order.indexOf(kind))
            .includes(kindOf.get(`${type}.${name}`) ?? ""),
      );
      const known = kindsIn(left);
      expect(
        left.filter(({ type, name }) => !known.has(`${type}.${name}`)),
      ).toEqual([]);
    }
  });
});

describe("other resources in a state", () => {
  const { resources } = synthesized(everything);
  const ourNames = resources.map(({ name }) => name);
  const artefact = resources.find(({ name }) => /^ca_[0-9A-F]{8}$/.test(name));
  const id = artefact?.instances[0].attributes.id as string;
  const data = (
    name: string,
    triggers?: unknown,
    more = {},
  ): StateResource => ({
    mode: "managed",
    type: "terraform_data",
    name,
    instances: [
      {
        attributes: {
          id: "7",
          ...(triggers !== undefined && {
            triggers_replace: { value: triggers, type: "dynamic" },
          }),
          ...more,
        },
      },
    ],
  });
  const NAME = "mine_1A2B3C4D";

  test.each<[string, StateResource]>([
    ["nothing in it", data("mine")],
    ["no triggers and a name like a guard's", data("mine_guard_1A2B3C4D")],
    [
      "no triggers and a name like a teardown's",
      data("mine_teardown_1A2B3C4D"),
    ],
    ["empty triggers", data(NAME, {})],
    ["triggers that are a list", data(NAME, ["a"])],
    ["triggers that are a text", data(NAME, "a")],
    [
      "an input",
      data(NAME, undefined, { input: { value: 1, type: "number" } }),
    ],
    ["the hash of a file", data(NAME, { file: "a", sha256: "0".repeat(64) })],
    ["the hash of our file", data(NAME, { file: "pki/ca.crt", sha256: "" })],
    ["an address for SSH", data(NAME, { access: "ssh admin@10.0.0.1" })],
    [
      "an address for SSH and a name like an access",
      data("mine_access_1A2B3C4D", { access: "ssh admin@10.0.0.1" }),
    ],
    ["the id of one of ours", data(NAME, { ca: id })],
    ["the hash of our file by its name", data(NAME, { "pki/ca.crt": "0" })],
    ["a batch by its name", data(NAME, { "batch nodes": "x" })],
    [
      "the nodes of a cluster",
      data(NAME, { nodes: "a", endpoint: "b", kubernetes_version: "c" }),
    ],
    ["files", data(NAME, { files: "a b c", spec: "x", intact: "y" })],
    ["another kind", data(NAME, { [KIND_TRIGGER]: "mine" })],
    ["more than a kind", data(NAME, { [KIND_TRIGGER]: "guard", more: "x" })],
  ])("include one with %s", (_, resource) => {
    const kinds = kindsIn([...resources, resource]);
    expect(kinds.size).toBe(ourNames.length);
    expect(kinds.has(`terraform_data.${resource.name}`)).toBe(false);
  });

  test.each<[string, (resource: StateResource) => StateResource]>([
    ["in a module", (one) => ({ ...one, module: "module.a" })],
    [
      "counted",
      (one) => ({ ...one, instances: [{ ...one.instances[0], index_key: 0 }] }),
    ],
    ["read as data", (one) => ({ ...one, mode: "data" })],
    ["of another type", (one) => ({ ...one, type: "random_id" })],
  ])("include one that looks like ours, but is %s", (_, change) => {
    expect(kindsIn(resources.map(change)).size).toBe(0);
  });

  test.each(["", "{}", "null", "no state", '{"resources":5}'])(
    "are all of them if the state is %j",
    (json) => expect(readState(json).kinds.size).toBe(0),
  );
});
