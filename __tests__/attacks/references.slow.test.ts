import { DataResource, Fn, Token } from "cdktf";
import { load, loadAll } from "js-yaml";
import { Kubeconfig } from "../../lib/constructs/pki/kubeconfig";
import { KubeconfigUser } from "../../lib/constructs/pki/kubeconfig-user";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment, NOTHING, type Program } from "../support/terraform";

const deployment = new Deployment();
afterAll(() => deployment.dispose());

/** Values and keys that look like references, or like the syntax of YAML or Terraform. */
const STRANGE: Readonly<Record<string, unknown>> = JSON.parse(`{
  "$base64": "pki/sa.key",
  "nested": {"$base64": "pki/ca.key"},
  "text": {"$text": {"file": "/etc/passwd", "sha256": "0"}},
  "yaml": {"$yaml": {"a": {"$base64": "pki/ca.key"}}},
  "token": {"$token": "own"},
  "sum": {"$checksum": "data"},
  "list": [{"$base64": "key"}, [{"$base64": "certificate"}]],
  "<<": {"merged": true},
  "__proto__": {"polluted": true},
  "constructor": {"prototype": {"polluted": true}},
  "*alias": "*alias", "&anchor": "&anchor", "!tag": "!!binary aGk=",
  "---": "a\\n---\\nb: {$base64: pki/ca.key}\\n...\\n",
  "2001-12-14": "2001-12-14", "1:20": "1:20", "0o14": "0o14", "007": "007", "1e3": "1e3",
  "yes": "no", "null": "null", "~": "~", "": "", "=": "=",
  "\${var.x}": "\${var.x} %{ if true } $\${y} %%{z}",
  "quotes": "a \\"b\\" 'c' \\\\ d", "controls": "\\t\\u001b[2J\\u007f\\u0085\\u2028é🔑", "ends": " a ",
  "TOKEN-0x": "TOKEN-0x", "empty": {}, "none": [], "true": true, "number": 0.5, "nothing": null
}`);

interface Given {
  /** All strange values, as a map. */
  readonly map: Readonly<Record<string, unknown>>;
  /** The same as a token without a type. */
  readonly value: unknown;
  readonly text: string;
  readonly texts: string[];
  readonly numbers: number[];
  readonly env: Record<string, string>;
}

const TEXT = 'a "b" {$base64: pki/ca.key}\n--- ${x}';
const ALL = {
  map: STRANGE,
  value: STRANGE,
  text: TEXT,
  texts: [TEXT, "$base64"],
  numbers: [1, 2.5],
  env: { $base64: "pki/ca.key", [TEXT]: TEXT },
};

const manifest = (name: string, data: unknown) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});

/** A program that uses the values in every place that accepts data of any shape. */
const program =
  (given: (stack: Parameters<Program>[0]) => Given): Program =>
  (stack) => {
    const { map, value, text, texts, numbers, env } = given(stack);
    const config = {
      own: map,
      deep: [{ any: value }],
      texts: [...texts, "last"],
    };
    cluster(
      {
        nodes: [node(1, { files: [{ path: "/opt/text", text: `<${text}>` }] })],
        // The data are no fields and no flags of components.
        allowUnknownFlags: true,
        kubelet: { config: { ...config, systemReserved: value } },
        kubeProxy: { config: { ...config, conntrack: value } },
        apiServer: {
          extraArgs: { strange: text, list: [text, "$base64"] },
          extraEnvs: [{ name: "STRANGE", value: text }],
        },
        bootstrapTokens: [{ description: text }],
      },
      (controlPlane) => {
        controlPlane.addManifests("strange", {
          objects: [
            manifest("map", map),
            manifest("any", { any: value, list: [value, ...texts, "x"] }),
            manifest("spread", { before: 1, ...map, after: 2 }),
            manifest("numbers", { numbers, more: [0, ...numbers, 3] }),
            manifest("keys", { [text]: "a", [`<${text}>`]: { [text]: text } }),
          ],
        });
        new Kubeconfig(controlPlane, "exec", {
          certificateAuthority: controlPlane.certificateAuthority,
          server: controlPlane.endpoint,
          user: KubeconfigUser.exec({
            command: text,
            args: texts,
            env,
          }),
          clusterName: text,
          userName: text,
          namespace: text,
        });
      },
    )(stack);
  };

const read = (path: string) => deployment.read(`${STORE}/${path}`);
/** JSON with sorted keys, because Terraform sorts them. `toEqual` would ignore the key `__proto__`. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort())
      : item,
  );
const yaml = (path: string) => load(read(path)) as Record<string, never>;
const documents = (path: string) =>
  loadAll(read(path)) as Record<string, never>[];
const inTree = (path: string) => yaml(`nodes/cp-1/root${path}`);

const CONFIG = {
  own: STRANGE,
  deep: [{ any: STRANGE }],
  texts: [...ALL.texts, "last"],
};

describe.each([
  ["literals", () => ALL],
  [
    "values that are known only at apply",
    (stack: Parameters<Program>[0]): Given => {
      const encoded = Buffer.from(JSON.stringify(ALL)).toString("base64");
      const data = new DataResource(stack, "given", {
        input: Token.asAnyMap(Fn.jsondecode(Fn.base64decode(encoded))),
      });
      const at = (path: string) => data.interpolationForAttribute(path);
      return {
        map: Token.asAnyMap(at("output.map")),
        value: at("output.value"),
        text: Token.asString(at("output.text")),
        texts: Token.asList(at("output.texts")),
        numbers: Token.asNumberList(at("output.numbers")),
        env: Token.asStringMap(at("output.env")),
      };
    },
  ],
] as const)("data that look like references, as %s", (_, given) => {
  beforeAll(() => {
    deployment.program(program(given)).apply();
  });

  test("are unchanged in manifests", () => {
    const [{ data }] = documents("objects/strange.yaml");
    expect(canonical(data)).toBe(canonical(STRANGE));
    expect(documents("objects/strange.yaml")).toEqual([
      manifest("map", STRANGE),
      manifest("any", { any: STRANGE, list: [STRANGE, ...ALL.texts, "x"] }),
      manifest("spread", { before: 1, ...STRANGE, after: 2 }),
      manifest("numbers", { numbers: [1, 2.5], more: [0, 1, 2.5, 3] }),
      manifest("keys", { [TEXT]: "a", [`<${TEXT}>`]: { [TEXT]: TEXT } }),
    ]);
  });

  test.each([
    ["kubelet-config", "kubelet", "systemReserved"],
    ["kube-proxy", "config.conf", "conntrack"],
  ])("are unchanged in the ConfigMap of %s", (id, key, field) => {
    const [{ data }] = documents(`objects/${id}.yaml`) as unknown as {
      data: Record<string, string>;
    }[];
    expect(load(data[key])).toMatchObject({ ...CONFIG, [field]: STRANGE });
  });

  test("are unchanged in kubelet's configuration file", () => {
    expect(inTree("/var/lib/kubelet/config.yaml")).toMatchObject({
      ...CONFIG,
      systemReserved: STRANGE,
    });
  });

  test("are unchanged in the configuration that kubeadm reads", () => {
    const [{ data }] = documents("objects/kubeadm-config.yaml") as unknown as {
      data: { ClusterConfiguration: string };
    }[];
    expect(load(data.ClusterConfiguration)).toMatchObject({
      apiServer: {
        extraArgs: [
          { name: "strange", value: TEXT },
          ...ALL.texts.map((value) => ({ name: "list", value })),
        ],
        extraEnvs: [{ name: "STRANGE", value: TEXT }],
      },
    });
  });

  test("are unchanged in the manifest of a static pod", () => {
    const pod = inTree(
      "/etc/kubernetes/manifests/kube-apiserver.yaml",
    ) as unknown as {
      spec: { containers: { command: string[]; env: object[] }[] };
    };
    const [{ command, env }] = pod.spec.containers;
    expect(command).toEqual(
      expect.arrayContaining([`--strange=${TEXT}`, "--list=$base64"]),
    );
    expect(env).toEqual([{ name: "STRANGE", value: TEXT }]);
  });

  test("are unchanged in a bootstrap token", () => {
    expect(documents("objects/bootstrap-token.yaml")[0]).toMatchObject({
      stringData: {
        description: TEXT,
      },
    });
  });

  test("are unchanged in a kubeconfig, beside the references of the library", () => {
    const config = yaml("kubeconfigs/exec.conf");
    const authority = Buffer.from(read("pki/ca.crt")).toString("base64");
    expect(config).toMatchObject({
      clusters: [
        { name: TEXT, cluster: { "certificate-authority-data": authority } },
      ],
      contexts: [{ context: { cluster: TEXT, namespace: TEXT, user: TEXT } }],
      users: [
        {
          name: TEXT,
          user: {
            exec: {
              command: TEXT,
              args: ALL.texts,
              env: expect.arrayContaining(
                Object.entries(ALL.env).map(([name, value]) => ({
                  name,
                  value,
                })),
              ),
            },
          },
        },
      ],
    });
  });

  test("are unchanged in a user's file", () => {
    expect(read("nodes/cp-1/root/opt/text")).toBe(`<${TEXT}>`);
  });

  test("put no key into an object", () => {
    const keys = ["pki/ca.key", "pki/sa.key"].map((path) =>
      Buffer.from(read(path)).toString("base64").slice(0, 60),
    );
    const objects = deployment
      .files(`${STORE}/objects`)
      .map((path) => read(`objects/${path}`))
      .join("\n");
    expect(objects).toContain("kind: ");
    for (const key of keys) expect(objects).not.toContain(key);
  });

  test("leave the next plan empty", () => {
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});
