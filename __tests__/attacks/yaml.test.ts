import { KubeconfigText } from "../../lib/agent/kubeconfig/text";
import { parseKubeconfig } from "../../lib/agent/cluster/kubeconfig";
import { AgentError } from "../../lib/base/errors";
import { readKubeconfig } from "../../lib/agent/rollout/kubelet-credentials";
import { anything, Mismatch } from "../../lib/base/shape";
import { readYaml } from "../../lib/base/yaml";
import { readYaml as readKubeadmYaml } from "../../lib/constructs/kubeadm-config/yaml";

/** Text in which each line expands to several times as much as the one before. */
function laughs(levels: number, item: (before: string) => string): string {
  const lines = ["users: &a0 [x]"];
  for (let level = 1; level <= levels; level++)
    lines.push(`k${level}: &a${level} ${item(`*a${level - 1}`)}`);
  return `${lines.join("\n")}\n`;
}

const nine = (alias: string): string => `[${Array(9).fill(alias).join(", ")}]`;
const wide = 20_000;

/** Small texts that take long to parse, or become large values. */
const BOMBS: readonly (readonly [string, string])[] = [
  ["lists of lists", laughs(12, nine)],
  [
    "maps of maps",
    laughs(12, (alias) => `{a: ${alias}, b: ${alias}, c: ${alias}}`),
  ],
  [
    "merged maps",
    `a: &a {x: 1}\n${Array.from({ length: 30 }, (_, at) => `k${at}: &k${at} {<<: [*a, *a]}`).join("\n")}\n`,
  ],
  ["a list that contains itself", "users: &a [*a]\n"],
  ["an alias as a user", "a: &a {user: {}}\nusers: [*a]\n"],
  ["deep brackets", "[".repeat(100_000)],
  ["deep closed brackets", "[".repeat(wide) + "]".repeat(wide)],
  ["deep dashes", `${"- ".repeat(100_000)}x\n`],
  [
    "deep maps",
    Array.from({ length: 2_000 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
  ],
  [
    "many anchors and aliases",
    [
      ...Array.from({ length: wide }, (_, at) => `k${at}: &a${at} 1`),
      ...Array.from({ length: wide }, (_, at) => `l${at}: *a${at}`),
    ].join("\n"),
  ],
];

test.each(BOMBS)("a host's YAML is refused if it is a bomb: %s", (_, text) => {
  expect(() => readYaml(text, anything)).toThrow(Mismatch);
  expect(readKubeconfig(Buffer.from(text))).toBeUndefined();
});

test.each(BOMBS)(
  "a kubeconfig of the store is refused if it is a bomb: %s",
  (_, text) =>
    expect(() => parseKubeconfig(text, "admin.conf")).toThrow(
      /^admin\.conf cannot be used: it is not plain YAML/,
    ),
);

test.each(BOMBS)(
  "a kubeadm file that is a bomb is refused early: %s",
  (name, text) => {
    const read = () => readKubeadmYaml(text);
    // These contain few values, so they are allowed.
    if (/merged|as a user/.test(name)) expect(read()).toHaveLength(1);
    else
      expect(read).toThrow(
        /values once its aliases are expanded|an alias contains itself|is not YAML: (nesting|aliases) exceeded/,
      );
  },
);

test.each(BOMBS)(
  "a user's kubeconfig that is a bomb is refused or read quickly: %s",
  (name, text) => {
    const read = () => new KubeconfigText(text, "config").fields("users", "a");
    // It contains few values, and no user with that name.
    if (name === "merged maps") expect(read()).toBeUndefined();
    else {
      expect(read).toThrow(AgentError);
      expect(read).toThrow(
        /^config is not a kubeconfig to which entries can be added: /,
      );
    }
  },
);

test("aliases in a user's kubeconfig are resolved", () => {
  const text = [
    "clusters:",
    "- name: one",
    "  cluster: &cluster { server: https://a:6443, certificate-authority-data: eA== }",
    "- name: two",
    "  cluster: *cluster",
    "",
  ].join("\n");
  const file = new KubeconfigText(text, "config");
  const cluster = {
    server: "https://a:6443",
    "certificate-authority-data": "eA==",
  };
  expect(file.fields("clusters", "one")).toEqual(cluster);
  expect(file.fields("clusters", "two")).toEqual(cluster);
});

test("a kubeconfig is refused if an alias in an entry expands to billions of values", () => {
  const text = `${laughs(12, nine)}clusters: [{name: c, cluster: {a: *a12}}]\n`;
  const file = new KubeconfigText(text.replace("users:", "x:"), "config");
  expect(() => file.fields("clusters", "c")).toThrow(
    /^config is not a kubeconfig to which entries can be added: its aliases expand to too much\./,
  );
});

test("aliases in a user's kubeadm file are resolved", () =>
  expect(
    readKubeadmYaml("a: &a { x: 1 }\nb: *a\nc: { <<: *a, z: 2 }\n"),
  ).toEqual([{ a: { x: 1 }, b: { x: 1 }, c: { x: 1, z: 2 } }]));

test.each([
  "null",
  "[]",
  "5",
  "users: 5",
  "users: [5]",
  "users: [{user: [1]}]",
  "users: [{user: {client-certificate-data: 5}}]",
  "clusters: [{name: a, cluster: null}]",
  "__proto__: {users: []}",
  "a: b: c",
  "\u0000",
])("a kubelet's kubeconfig that is %j has no credentials", (text) => {
  const read = readKubeconfig(Buffer.from(text));
  expect(read?.users ?? []).toEqual([]);
  expect(({} as { users?: unknown }).users).toBeUndefined();
});
