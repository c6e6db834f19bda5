import {
  objectPath,
  rewriteValues,
} from "../../../lib/agent/encryption/rewrite";
import {
  type EncryptedFolder,
  foldersOf,
  prefixesIn,
} from "../../../lib/agent/encryption/values";
import { StatusError } from "../../../lib/agent/cluster/errors";
import type {
  KeyRange,
  RangePage,
} from "../../../lib/agent/cluster/etcd-maintenance";

const OLD = "k8s:enc:secretbox:v1:generation-1:";
const NEW = "k8s:enc:secretbox:v1:generation-2:";
const SECRETS: EncryptedFolder = {
  folder: "/registry/secrets/",
  path: "/api/v1/secrets",
  prefix: NEW,
};

/** An etcd with these values, of which it gives at most some bytes at once. */
class Values {
  readonly pages: number[] = [];

  constructor(
    readonly values: Map<string, string>,
    private readonly most = Infinity,
  ) {}

  range({ from, end, limit }: KeyRange): Promise<RangePage | "too large"> {
    const found = [...this.values]
      .filter(([key]) => key >= from.toString() && key < end.toString())
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const page = found.slice(0, limit);
    if (page.join("").length > this.most) return Promise.resolve("too large");
    this.pages.push(page.length);
    return Promise.resolve({
      values: page.map(([key, value]) => ({
        key: Buffer.from(key),
        value: Buffer.from(value, "latin1"),
      })),
      more: found.length > page.length,
    });
  }
}

const secrets = (count: number, prefix: string) =>
  new Map(
    Array.from({ length: count }, (_, i) => [
      `/registry/secrets/ns/s-${String(i).padStart(4, "0")}`,
      `${prefix}\x00\xff:value`,
    ]),
  );

const refusal = (status: number) =>
  new StatusError({ status, said: "no" }, `${status}`);

/** Writes again what is touched, and refuses some objects. */
async function rewrite(
  values: Values,
  refused: (path: string) => number | undefined = () => undefined,
): Promise<{ readonly said: string[]; readonly touched: string[] }> {
  const said: string[] = [];
  const touched: string[] = [];
  await rewriteValues({
    folders: [SECRETS],
    client: values,
    api: {
      touch(path: string) {
        touched.push(path);
        const status = refused(path);
        if (status) return Promise.reject(refusal(status));
        const [, namespace, name] = /namespaces\/(.*)\/secrets\/(.*)$/.exec(
          path,
        )!;
        const key = `/registry/secrets/${namespace}/${name}`;
        if (values.values.has(key)) values.values.set(key, `${NEW}again`);
        return Promise.resolve({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name },
        });
      },
    },
    say: (line) => said.push(line),
  });
  return { said, touched };
}

test("writes each value again that has another key, page by page, and then reads all once more", async () => {
  const values = new Values(secrets(1_234, OLD));
  const { said, touched } = await rewrite(values);
  expect(touched).toHaveLength(1_234);
  expect(new Set(touched).size).toBe(1_234);
  expect(
    [...values.values.values()].every((each) => each.startsWith(NEW)),
  ).toBe(true);
  expect(Math.max(...values.pages)).toBeLessThanOrEqual(200);
  expect(said).toEqual([
    "encryption: 1000 values written again",
    "encryption: all 1234 values in etcd are as the program says, 1234 of them written again",
  ]);
});

test("goes on where a run was killed: what has the new key is not written", async () => {
  const values = new Values(
    new Map(
      [...secrets(10, OLD)].map(([key, value], at) => [
        key,
        at < 7 ? `${NEW}x` : value,
      ]),
    ),
  );
  const { touched } = await rewrite(values);
  expect(touched).toEqual(
    [7, 8, 9].map((i) => `/api/v1/namespaces/ns/secrets/s-000${i}`),
  );
});

test("takes smaller pages if values are large", async () => {
  const values = new Values(secrets(100, OLD), 1_000);
  await rewrite(values);
  expect(
    [...values.values.values()].every((each) => each.startsWith(NEW)),
  ).toBe(true);
});

test.each([
  ["is gone", 404],
  ["was just written by somebody else", 409],
])("leaves an object alone that %s", async (_, status) => {
  const values = new Values(secrets(3, OLD));
  let refusals = 0;
  await rewrite(values, () => (refusals++ === 0 ? status : undefined));
  expect(
    [...values.values.values()].every((each) => each.startsWith(NEW)),
  ).toBe(true);
});

test("fails when an object is refused, and names it", async () => {
  await expect(rewrite(new Values(secrets(3, OLD)), () => 403)).rejects.toThrow(
    "/registry/secrets/ns/s-0000, an object in etcd, cannot be written again: no.",
  );
});

test("fails when values keep their old key, and says how many", async () => {
  await expect(rewrite(new Values(secrets(5, OLD)), () => 409)).rejects.toThrow(
    "5 values in etcd are still as they were before: /registry/secrets/ns/s-0000, ",
  );
});

test("tells what values begin with, whatever bytes follow", async () => {
  const values = new Values(
    new Map([
      ["/registry/secrets/a/plain", "k8s\x00\x0a\x0c"],
      ["/registry/secrets/a/own", "k8s:enc:aescbc:v1:mine:\xff\xfe"],
      ["/registry/secrets/a/kms", "k8s:enc:kms:v2:vault:\x0a:\xff"],
      ["/registry/secrets/a/new", `${NEW}\x00`],
      ["/registry/secretstores/a/other", "k8s:enc:secretbox:v1:no:"],
    ]),
  );
  expect(Object.fromEntries(await prefixesIn([SECRETS], values))).toEqual({
    "": "/registry/secrets/a/plain",
    "k8s:enc:aescbc:v1:mine:": "/registry/secrets/a/own",
    "k8s:enc:kms:v2:vault:": "/registry/secrets/a/kms",
    [NEW]: "/registry/secrets/a/new",
  });
});

test.each([
  ["/api/v1/secrets", "ns/a", "/api/v1/namespaces/ns/secrets/a"],
  ["/api/v1/nodes", "cp-1", "/api/v1/nodes/cp-1"],
  [
    "/apis/rbac.authorization.k8s.io/v1/roles",
    "ns/system:a b",
    "/apis/rbac.authorization.k8s.io/v1/namespaces/ns/roles/system%3Aa%20b",
  ],
])("finds the object of a value: %s %s", (resource, name, path) => {
  expect(objectPath(resource, name)).toBe(path);
});

test("looks at the resources of the program, and at those that left it", () => {
  const secretbox = (generation: number, ...resources: readonly string[]) =>
    ({ provider: "secretbox", generation, resources }) as const;
  expect(
    foldersOf(
      secretbox(2, "secrets"),
      {
        encryption: secretbox(1, "secrets", "services"),
        encrypting: secretbox(2, "nodes"),
      },
      "/prod",
    ).map(({ folder, prefix }) => [folder, prefix]),
  ).toEqual([
    ["/prod/secrets/", NEW],
    ["/prod/services/specs/", ""],
    ["/prod/minions/", ""],
  ]);
});
