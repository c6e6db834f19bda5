import { TerraformStack, Testing, Token } from "cdktf";
import { ControlPlane } from "../../lib";
import { requireData } from "../../lib/constructs/data";
import { clusterProps } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

class Own {
  readonly a = 1;
}

const ring: Record<string, unknown> = {};
ring.inner = [ring];

const deep = (levels: number): unknown =>
  Array.from({ length: levels }).reduce((inner) => [inner], null);

const NOT_DATA: [what: string, value: unknown, problem: string][] = [
  ["a Map", new Map([["a", 1]]), "the class Map"],
  ["a Set", new Set(["a"]), "the class Set"],
  ["bytes", Buffer.from("a"), "the class Buffer"],
  ["an object of a class", new Own(), "the class Own"],
  ["a bigint", 10n, "a bigint"],
  ["a function", () => 1, "a function"],
  ["a symbol", Symbol("a"), "a symbol"],
  ["NaN", NaN, "NaN"],
  ["infinity", -Infinity, "-Infinity"],
  ["half a character", "a\ud83d", "half a character"],
  ["half a character as a key", { "\ud83d": 1 }, "half a character"],
  ["an object that contains itself", ring, "contains itself"],
  ["a deep list", deep(20_000), "levels deep"],
];

const controlPlane = (config: Record<string, unknown> = {}) =>
  new ControlPlane(
    new TerraformStack(Testing.app(), "stack"),
    "cluster",
    clusterProps({ kubelet: { config }, kubeProxy: { config } }),
  );

test.each(NOT_DATA)(
  "fails when a Kubernetes object contains %s",
  (_, value, problem) => {
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a" },
      data: { "b.c": [value] },
    };
    const message = messageOf(() =>
      controlPlane().addManifests("own", { objects: [object] }),
    );
    expectHelpful(
      message,
      'The manifests "own": objects[0].data.b.c[0]',
      problem,
    );
  },
);

test.each(NOT_DATA)(
  "fails when the configuration of a component contains %s",
  (_, value, problem) => {
    const message = messageOf(() => controlPlane({ a: value }));
    expectHelpful(message, "kubelet.config.a", problem);
  },
);

test("accepts JSON values, dates and tokens", () => {
  const own = {
    text: "🔑",
    $base64: "pki/ca.key",
    none: null,
    left: undefined,
  };
  const later = [Token.asString({ resolve: () => "a" }), Token.asAny("b")];
  requireData("it", [own, own, later, -0.5, true, new Date(0), deep(50)]);
  requireData("it", Token.asStringMap({ resolve: () => ({}) }));
});
