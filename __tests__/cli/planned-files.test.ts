import type { Contents, StackStore } from "../../lib/cli/plan/contents";
import { plannedFiles } from "../../lib/cli/plan/planned-files";
import type { State } from "../../lib/cli/plan/state";
import type { ManifestResource } from "../../lib/request/manifest";

const MANIFEST = "nodes/cp-1/root/etc/kubernetes/manifests/etcd.yaml";
const KEY = "nodes/cp-1/root/etc/kubernetes/pki/ca.key";

function storeOf(rows: readonly ManifestResource[]) {
  const store = {
    addresses: rows.map(({ address }) => address),
  } as unknown as StackStore;
  const contents: Contents = {
    resources: new Map(rows.map((row) => [row.address, { ...row, store }])),
    stores: [store],
    outputs: new Set(),
  };
  return { store, contents };
}

const row = (
  address: string,
  file: string,
  literal?: true,
): ManifestResource => ({
  kind: "artefact",
  address,
  files: [file],
  batch: "batch",
  of: "text",
  ...(literal && { literal }),
});

const { store, contents } = storeOf([
  row("terraform_data.manifest", MANIFEST, true),
  row("null_resource.key", KEY),
]);

/** A resource that left the program is known only from the state. */
const state: State = {
  resources: new Map(),
  kinds: new Map([["terraform_data.left", "artefact"]]),
};

interface Triggers {
  readonly files: string;
  readonly spec?: string;
}

const change = (
  address: string,
  actions: readonly string[],
  triggers: { readonly before?: Triggers; readonly after?: Triggers },
) => {
  const name = address.startsWith("null") ? "triggers" : "triggers_replace";
  const values = (given?: Triggers) => (given ? { [name]: given } : null);
  const { before, after } = triggers;
  return {
    address,
    change: { actions, before: values(before), after: values(after) },
  };
};

const filesIn = (...resource_changes: readonly unknown[]) =>
  plannedFiles(JSON.stringify({ resource_changes }), store, contents, state);

test("include the files to make, with their modes and owners", () => {
  const files = `${KEY} 0640 root:etcd`;
  expect(
    filesIn(
      change("null_resource.key", ["delete", "create"], { after: { files } }),
    ),
  ).toEqual([{ path: KEY, mode: "0640", owner: "root:etcd" }]);
});

test("have their content if it is known before apply", () => {
  const files = `${MANIFEST} 0600`;
  const address = "terraform_data.manifest";
  const made = (after: Triggers) =>
    filesIn(change(address, ["create"], { after }));
  expect(made({ files, spec: "kind: Pod\n" })).toEqual([
    { path: MANIFEST, mode: "0600", content: "kind: Pod\n" },
  ]);
  expect(made({ files })).toEqual([{ path: MANIFEST, mode: "0600" }]);
  const after = { files: `${KEY} 0600`, spec: "a specification, not the key" };
  expect(filesIn(change("null_resource.key", ["create"], { after }))).toEqual([
    { path: KEY, mode: "0600" },
  ]);
});

test("leave out files that do not change", () => {
  const after = { files: `${MANIFEST} 0600`, spec: "kind: Pod\n" };
  expect(
    filesIn(
      change("terraform_data.manifest", ["no-op"], { before: after, after }),
    ),
  ).toEqual([]);
});

test("leave out files whose resources only have another address, unless their content changes too", () => {
  const from = "terraform_data.left";
  const to = "terraform_data.manifest";
  const triggers = { files: `${MANIFEST} 0600`, spec: "kind: Pod\n" };
  const applied = { address: from, id: "1", dependencies: [], tainted: false };
  const renamed: State = {
    ...state,
    resources: new Map([[from, { ...applied, triggers }]]),
  };
  const planned = (spec: string) =>
    plannedFiles(
      JSON.stringify({
        resource_changes: [
          change(to, ["create"], { after: { ...triggers, spec } }),
          change(from, ["delete"], { before: triggers }),
        ],
      }),
      store,
      contents,
      renamed,
      [{ from, to, files: 1 }],
    );
  expect(planned(triggers.spec)).toEqual([]);
  expect(planned("kind: Node\n")).toEqual([
    { path: MANIFEST, mode: "0600", content: "kind: Node\n" },
  ]);
});

test("include the files to remove, unless another resource of the program has them", () => {
  const before = { files: `${KEY} 0600\nnodes/cp-1/root/etc/old 0644` };
  expect(
    filesIn(change("terraform_data.left", ["delete"], { before })),
  ).toEqual([{ path: "nodes/cp-1/root/etc/old" }]);
});

test("never include files of the user's resources, whatever those look like", () => {
  const files = `${KEY} 0600`;
  expect(
    filesIn(
      change("terraform_data.users", ["delete"], { before: { files } }),
      change("terraform_data.users_too", ["create"], { after: { files } }),
    ),
  ).toEqual([]);
});

test("are none if the plan cannot be read", () => {
  for (const json of ["", "[]", '{"resource_changes":{}}'])
    expect(plannedFiles(json, store, contents, state)).toEqual([]);
});
