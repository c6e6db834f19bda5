import fc from "fast-check";
import {
  Duration,
  Endpoint,
  Etcd,
  KeyAlgorithm,
  NodeAccess,
  PodNetwork,
  Runtime,
} from "../../../lib";
import {
  type PropsName,
  type PropType,
  propsOf,
} from "../../../lib/props/types";
import { anything, number, text } from "./values";

/** Values of the classes that a factory of their own makes. */
const INSTANCES: Readonly<Record<string, readonly unknown[]>> = {
  Duration: [
    Duration.ZERO,
    Duration.minutes(1),
    Duration.hours(1),
    Duration.days(365),
    Duration.days(1e9),
  ],
  Endpoint: [
    Endpoint.fixed("api.example.org:6443"),
    Endpoint.virtualIp({ address: "10.0.0.100" }),
    Endpoint.localProxy(),
  ],
  Etcd: [
    Etcd.stacked(),
    Etcd.external({ endpoints: ["http://10.0.0.9:2379"] }),
    Etcd.dedicated({ nodes: [{ name: "etcd-1", address: "10.0.0.9" }] }),
  ],
  KeyAlgorithm: [KeyAlgorithm.RSA_2048, KeyAlgorithm.ED25519],
  NodeAccess: [
    NodeAccess.directory(),
    NodeAccess.ssh({ host: "10.0.0.1" }),
    NodeAccess.local(),
  ],
  PodNetwork: [PodNetwork.routed()],
  Runtime: [Runtime.staticPods(), Runtime.systemd()],
};

/** How often a value is not of its type. */
const ODD = 12;

/** Values of a type, now and then none of it. */
function valuesOf(type: PropType, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: ODD, arbitrary: fittingValues(type, depth) },
    { weight: 1, arbitrary: anything },
  );
}

function fittingValues(type: PropType, depth: number): fc.Arbitrary<unknown> {
  switch (type.of) {
    case "string":
      return text;
    case "number":
      return number;
    case "boolean":
      return fc.boolean();
    case "literal":
      return fc.constant(type.value);
    case "list":
      return fc.array(valuesOf(type.items, depth), { maxLength: 3 });
    case "map":
      return fc.dictionary(text, valuesOf(type.items, depth), { maxKeys: 3 });
    case "union":
      return fc.oneof(...type.types.map((each) => valuesOf(each, depth)));
    case "class":
      return fc.constantFrom(...(INSTANCES[type.name] ?? [undefined]));
    case "props":
      return depth > 4 ? fc.constant({}) : propsFor(type.name, depth + 1);
    default:
      return anything;
  }
}

/** Props of a name: those that are needed most of the time, the others seldom, unknown ones now and then. */
export function propsFor(
  name: PropsName,
  depth = 0,
): fc.Arbitrary<Record<string, unknown>> {
  const known = [...propsOf(name).values()].map(
    ({ name: key, isOptional, type }) => ({
      key,
      isOptional,
      values: fc.option(valuesOf(type, depth), {
        freq: isOptional ? 1 : 30,
        nil: undefined,
      }),
    }),
  );
  const record = fc.record(
    Object.fromEntries(known.map(({ key, values }) => [key, values])),
    {
      requiredKeys: known.flatMap(({ key, isOptional }) =>
        isOptional ? [] : [key],
      ),
    },
  );
  return fc.oneof(
    { weight: ODD, arbitrary: record },
    {
      weight: 1,
      arbitrary: fc
        .tuple(record, text, anything)
        .map(([props, key, value]) => ({ ...props, [key]: value })),
    },
  ) as fc.Arbitrary<Record<string, unknown>>;
}
