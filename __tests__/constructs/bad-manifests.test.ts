import { newControlPlane, token } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

describe("manifests", () => {
  const CONFIG_MAP = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a" },
  };
  const secret = (fields: object) => ({
    ...CONFIG_MAP,
    kind: "Secret",
    ...fields,
  });

  test.each<[string, object, ...string[]]>([
    ["empty", {}, "neither"],
    ["no objects", { objects: [] }, "no objects"],
    [
      "both objects and a file",
      { objects: [CONFIG_MAP], file: __filename },
      "both",
    ],
    ["a missing file", { file: "nothing.yaml" }, '"nothing.yaml"'],
    [
      "an object without a kind",
      { objects: [CONFIG_MAP, { ...CONFIG_MAP, kind: undefined }] },
      "Object 2",
      "no kind",
    ],
    [
      "an object without a name",
      { objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: {} }] },
      "no metadata.name",
    ],
    [
      "an object without a version",
      { objects: [{ kind: "ConfigMap", metadata: { name: "a" } }] },
      "no apiVersion",
    ],
    [
      "a List object",
      { objects: [{ ...CONFIG_MAP, kind: "List", items: [] }] },
      "List",
    ],
    [
      "a Secret with data",
      { objects: [secret({ data: { key: "c2VjcmV0" } })] },
      '"a"',
      "set file to its path",
    ],
    [
      "a Secret with stringData",
      { objects: [secret({ stringData: { key: token } })] },
      "set file to its path",
    ],
  ])("fail when they are %s", (_, props, ...parts) => {
    expectHelpful(
      messageOf(() => newControlPlane().addManifests("network", props)),
      ...parts,
    );
  });

  test("may contain a Secret without data", () => {
    expect(() =>
      newControlPlane().addManifests("x", { objects: [secret({})] }),
    ).not.toThrow();
  });

  test.each(["coredns", "nodes", "users"])(
    "fail when their name is %s, which cluster objects have",
    (name) => {
      expectHelpful(
        messageOf(() =>
          newControlPlane().addManifests(name, { objects: [CONFIG_MAP] }),
        ),
        `"${name}"`,
      );
    },
  );

  test("fail when other manifests have the same name", () => {
    const cluster = newControlPlane();
    cluster.addManifests("network", { objects: [CONFIG_MAP] });
    expectHelpful(
      messageOf(() =>
        cluster.addManifests("network", { objects: [CONFIG_MAP] }),
      ),
      '"network"',
    );
  });

  test.each(["", "a/b", "../a", "A", token])(
    "fail when their name is %j",
    (name) => {
      expectHelpful(
        messageOf(() =>
          newControlPlane().addManifests(name, { objects: [CONFIG_MAP] }),
        ),
        "the name of manifests",
      );
    },
  );
});
