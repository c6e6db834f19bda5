import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import {
  ControlPlane,
  MergedKubeconfig,
  type MergedKubeconfigProps,
} from "../../lib";
import { clusterProps, node } from "../support/cluster";
import {
  Deployment,
  NOTHING,
  type Program,
  replaced,
} from "../support/terraform";

const home = mkdtempSync(join(tmpdir(), "home-"));
const deployment = new Deployment({ HOME: home });
afterAll(() => {
  deployment.dispose();
  rmSync(home, { recursive: true, force: true });
});

/** The user's kubeconfig is a link to a file elsewhere. */
const CONFIG = join(home, ".kube/config");
const TARGET = join(home, "dotfiles/kubeconfig");
const THEIRS = `# mine
apiVersion: v1
kind: Config
clusters:
- name: theirs
  cluster: { server: "https://1.2.3.4" }   # at home
contexts:
- { name: theirs, context: { cluster: theirs, user: me } }
current-context: theirs
users:
- name: me
  user:
    token: secret-of-theirs
preferences: {}
`;
mkdirSync(join(home, ".kube"));
mkdirSync(join(home, "dotfiles"));
writeFileSync(TARGET, THEIRS, { mode: 0o644 });
symlinkSync("../dotfiles/kubeconfig", CONFIG);

const text = () => readFileSync(CONFIG, "utf8");
const edit = (change: (text: string) => string) => {
  const changed = change(text());
  // Compares without printing the texts, because they contain keys.
  expect(changed === text()).toBe(false);
  writeFileSync(CONFIG, changed);
};
interface Config {
  readonly "current-context": string;
  readonly contexts: readonly { name: string; context: object }[];
  readonly users: readonly { name: string; user: Record<string, string> }[];
}
const config = () => parse(text()) as Config;

/** Two clusters with separate stores, merged into one kubeconfig. */
const program =
  (
    props: Partial<MergedKubeconfigProps> = {},
    contexts: readonly string[] = ["one", "one-jane", "two"],
  ): Program =>
  (stack) => {
    const [one, two] = ["one", "two"].map(
      (name) =>
        new ControlPlane(
          stack,
          name,
          clusterProps({ clusterName: name, nodes: [node(1)] }),
        ),
    );
    const kubeconfigs = [
      { context: "one", kubeconfig: one.adminKubeconfig },
      {
        context: "one-jane",
        kubeconfig: one.addUser("jane", { namespace: "team" }),
      },
      { context: "two", kubeconfig: two.adminKubeconfig, namespace: "web" },
    ].filter(({ context }) => contexts.includes(context));
    new MergedKubeconfig(stack, "all", {
      kubeconfigs,
      path: "~/.kube/config",
      store: one.store,
      ...props,
    });
  };

const FILE = "kubeconfigs/all.conf";
const MERGED = replaced(FILE, `batch ${FILE}`);
const LIMIT = 240_000;

test(
  "contexts of several clusters are in one file of the store, and in the user's own kubeconfig beside other entries",
  () => {
    deployment.program(program()).apply();

    expect(config()).toMatchObject({
      contexts: [
        { name: "theirs" },
        { name: "one", context: { cluster: "cdktf:one", user: "cdktf:one" } },
        { name: "one-jane", context: { namespace: "team" } },
        { name: "two", context: { namespace: "web" } },
      ],
      "current-context": "theirs",
    });
    expect(text()).toContain('{ server: "https://1.2.3.4" }   # at home');
    const own = parse(deployment.read(`clusters/one/${FILE}`)) as Config;
    expect(own.contexts).toHaveLength(3);
    expect(own["current-context"]).toBe("one");
    expect(deployment.plan().changes).toEqual(NOTHING);
  },
  LIMIT,
);

test("a link stays a link, and the file is private, with a backup of its previous content", () => {
  expect(lstatSync(CONFIG).isSymbolicLink()).toBe(true);
  expect(statSync(TARGET).mode & 0o777).toBe(0o600);
  const backup = `${TARGET}.before-cdktf-control-plane`;
  expect(readFileSync(backup, "utf8")).toBe(THEIRS);
  expect(statSync(backup).mode & 0o777).toBe(0o600);
});

test("plan, state and synthesized files contain no secrets, and not the user's home", () => {
  const secrets = config().users.flatMap(({ user }) =>
    ["client-key-data", "token"].flatMap((field) => user[field] ?? []),
  );
  expect(secrets).toHaveLength(4);
  edit((all) => all.replace("name: one-jane", "name: else"));
  const places = [
    JSON.stringify(deployment.synthesized()),
    deployment.state(),
    JSON.stringify(deployment.planJson()),
    deployment.tryPlan().text,
  ];
  edit((all) => all.replace("name: else", "name: one-jane"));
  for (const place of places)
    for (const secret of [...secrets, home])
      expect(place).not.toContain(secret);
});

test("other entries and the user's choices cause no changes", () => {
  edit((all) =>
    all
      .replace("current-context: theirs", "current-context: two")
      .replace("namespace: web", "namespace: mine")
      .replace("# mine\n", "# mine\n# and mine\n")
      .replace("preferences: {}\n", "preferences: {}\nextensions: []\n"),
  );
  expect(deployment.plan().changes).toEqual(NOTHING);
  edit((all) =>
    all
      .replace("current-context: two", "current-context: theirs")
      .replace("# and mine\n", "")
      .replace("extensions: []\n", ""),
  );
});

test("one of our entries that was deleted is planned alone, and restored", () => {
  edit((all) => all.replace(/- name: one-jane\n(?: .*\n)+/, ""));
  expect(deployment.plan().changes).toEqual(MERGED);
  deployment.apply();
  expect(config().contexts.map(({ name }) => name)).toContain("one-jane");
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("one of our entries that somebody changed is planned, and refused by name until it is deleted", () => {
  const before = text();
  edit((all) =>
    all.replace(/(cdktf:two\n.*\n.*\n {4}server: ).*/, "$1https://x"),
  );
  const edited = text();
  expect(deployment.plan().changes).toEqual(MERGED);
  const run = deployment.tryApply();
  const said = [...run.errors, ...run.lines].join("\n");
  expect(said).toContain(
    "~/.kube/config was not changed, because entries of others would be overwritten",
  );
  expect(said).toContain("cluster cdktf:two: somebody changed server");
  expect(said).toContain("kubectl config delete-cluster cdktf:two");
  expect(text()).toBe(edited);

  edit((all) =>
    all.replace(/- name: cdktf:two\n {2}cluster:\n(?: {4}.*\n)+/, ""),
  );
  deployment.apply();
  expect(parse(text())).toEqual(parse(before));
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a renewed certificate is new in both files", () => {
  const key = () =>
    config().users.find(({ name }) => name === "cdktf:one-jane")!.user[
      "client-key-data"
    ];
  const before = key();
  deployment.remove("clusters/one/kubeconfigs/jane.conf");
  deployment.apply();
  expect(key()).not.toBe(before);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a file that is not a kubeconfig is refused, and not changed", () => {
  const before = text();
  writeFileSync(CONFIG, `${before}\tno: yaml: [\n`);
  expect(deployment.plan().changes).toEqual(MERGED);
  const { ok, errors, lines } = deployment.tryApply();
  expect(ok).toBe(false);
  expect([...errors, ...lines].join("\n")).toContain(
    "~/.kube/config is not a kubeconfig to which entries can be added",
  );
  expect(text()).toBe(`${before}\tno: yaml: [\n`);
  writeFileSync(CONFIG, before);
  deployment.apply();
});

test("while kubectl's lock exists nothing is written, and the error names the lock", () => {
  const lock = `${CONFIG}.lock`;
  writeFileSync(lock, "");
  edit((all) => all.replace(/- name: one-jane\n(?: .*\n)+/, ""));
  const { ok, errors, lines } = deployment.tryApply();
  expect(ok).toBe(false);
  expect([...errors, ...lines].join("\n")).toContain(`${lock} still exists`);
  rmSync(lock);
  deployment.apply();
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("a removed context is removed from the file, and an empty list removes all", () => {
  deployment.program(program({}, ["two"])).apply();
  expect(config().contexts.map(({ name }) => name)).toEqual(["theirs", "two"]);
  deployment.program(program({}, [])).apply();
  expect(text()).toBe(THEIRS);
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("with another path, another file is used, and the old one is restored", () => {
  deployment.program(program()).apply();
  const path = "kubeconfig.yaml";
  deployment.program(program({ path, currentContext: "two" })).apply();
  expect(text()).toBe(THEIRS);
  expect(parse(deployment.read(path))).toMatchObject({
    "current-context": "two",
  });
  expect(deployment.mode(path)).toBe("600");
  expect(deployment.plan().changes).toEqual(NOTHING);

  deployment.program(program({ path: undefined })).apply();
  // The file had no other entries, so there is no backup.
  expect(deployment.files(".").filter((file) => file.startsWith(path))).toEqual(
    [],
  );
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("destroy removes our entries, and nothing else", () => {
  deployment.program(program()).apply();
  expect(text()).not.toBe(THEIRS);
  const { lines } = deployment.destroy();
  expect(lines).toContain("~/.kube/config: our contexts were removed");
  expect(text()).toBe(THEIRS);
  expect(lstatSync(CONFIG).isSymbolicLink()).toBe(true);
  expect(deployment.files("clusters/one")).not.toContain(FILE);
});
