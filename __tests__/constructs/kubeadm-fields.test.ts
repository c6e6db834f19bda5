import {
  FIELDS,
  MINORS,
  type ConfigKind,
} from "../../lib/catalog/config/fields";
import {
  HANDLING,
  handlingOf,
} from "../../lib/constructs/kubeadm-config/handling";
import { leaves, SCALARS, shapeOf } from "../../lib/catalog/config/shape";

const KINDS = Object.keys(FIELDS) as ConfigKind[];

describe.each(KINDS)("the table of %s", (kind) => {
  test("has a row for every field of the Go types", () => {
    const missing = leaves(kind).filter(
      ({ path }) => handlingOf(kind, path) === undefined,
    );
    expect(missing).toEqual([]);
  });

  test("has no row for a field that exists in no version", () => {
    const paths = leaves(kind).map(({ path }) => path);
    const idle = Object.keys(HANDLING[kind]).filter(
      (row) =>
        !paths.some(
          (path) =>
            path.startsWith(row) &&
            /^([.[{]|$)/.test(row && path.slice(row.length)),
        ),
    );
    expect(idle).toEqual([]);
  });

  test("has no reads for a leaf that exists in no version", () => {
    const paths = leaves(kind).map(({ path }) => path);
    const idle = Object.entries(HANDLING[kind]).flatMap(([path, row]) =>
      row.how === "used" && row.reads.length > 1 && !row.reads.includes("")
        ? row.reads
            .map((read) => path + read)
            .filter((leaf) => !paths.includes(leaf))
        : [],
    );
    expect(idle).toEqual([]);
  });

  test("has a reader for every type", () => {
    expect(
      leaves(kind).filter(({ type }) => !Object.hasOwn(SCALARS, type)),
    ).toEqual([]);
  });

  test("covers every supported version", () => {
    for (const minor of MINORS)
      expect(shapeOf(kind, minor)).toMatchObject({ of: "object" });
    expect(
      leaves(kind)
        .flatMap(({ minors }) => minors ?? [])
        .filter((minor) => !MINORS.includes(minor as 33)),
    ).toEqual([]);
  });
});

test("fails when a field has no row", () => {
  expect(handlingOf("ClusterConfiguration", "networking.mtu")).toBeUndefined();
  expect(
    handlingOf("ClusterConfiguration", "apiServer.extraArgs[].sensitive"),
  ).toBeUndefined();
  expect(
    handlingOf("ClusterConfiguration", "clusterNameSuffix"),
  ).toBeUndefined();
  expect(
    handlingOf("InitConfiguration", "bootstrapTokens[].audiences[]"),
  ).toBeUndefined();
});
