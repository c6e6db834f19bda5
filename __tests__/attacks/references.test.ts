import { load, loadAll } from "js-yaml";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ArtefactRequest } from "../../lib/request/artefact";
import { placesOf, reference } from "../../lib/render/references";
import { toYamlDocuments } from "../../lib/render/yaml";
import {
  authority,
  kubeconfig,
  keyPair,
  objects,
  referring,
  text,
} from "../agent/support/artefacts";
import { Workplace } from "../agent/support/workplace";

async function withStore(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch([authority(), keyPair(), text("tokens/a", "secret")], {
    batch: "ca",
  });
  return place;
}

const LOOKALIKES = [
  { $base64: "pki/sa.key" },
  { $text: { file: "/etc/passwd", sha256: "0" } },
  { $text: null },
  { $token: "own" },
  { $yaml: { a: { $base64: "pki/ca.key" } } },
  { $checksum: "data" },
  { $base64: { $base64: "pki/ca.key" } },
];

const around = (value: unknown) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", annotations: { a: value } },
  data: { value, list: [value, [value]], [JSON.stringify(value)]: "a key" },
});

describe("data that look like references", () => {
  test.each(LOOKALIKES)(
    "are unchanged, byte for byte, in objects without references: %j",
    async (value) => {
      const place = await withStore();
      const request = objects("objects/a.yaml", [around(value), value]);
      await place.batch([request], { batch: "objects" });
      expect(place.read("objects/a.yaml")).toBe(request.spec);
    },
  );

  test.each(LOOKALIKES)(
    "are unchanged beside a reference: %j",
    async (value) => {
      const place = await withStore();
      const ca = reference({ $base64: "pki/ca.crt" });
      await place.batch(
        [
          objects("objects/a.yaml", [
            around(value),
            { ca, value, data: { file: reference({ $yaml: { ca, value } }) } },
            value,
          ]),
        ],
        { batch: "objects" },
      );
      const [first, second, third] = loadAll(place.read("objects/a.yaml"));
      const { file, ...rest } = (second as { data: { file: string } }).data;
      const base64 = Buffer.from(place.read("pki/ca.crt")).toString("base64");
      expect(first).toEqual(around(value));
      expect(rest).toEqual({});
      expect(second).toMatchObject({ ca: base64, value });
      expect(load(file)).toEqual({ ca: base64, value });
      expect(third).toEqual(value);
    },
  );

  test.each(LOOKALIKES)("are unchanged in a kubeconfig: %j", async (value) => {
    const place = await withStore();
    const given = join(place.root, "token");
    writeFileSync(given, "token\n");
    await place.batch([
      kubeconfig("", {
        ...referring({
          config: {
            users: [{ user: { exec: { env: [value], args: value } } }],
            ca: reference({ $base64: "pki/ca.crt" }),
          },
        }),
        issuer: undefined,
      }),
    ]);
    expect(load(place.read("kubeconfigs/admin.conf"))).toMatchObject({
      users: [{ user: { exec: { env: [value], args: value } } }],
    });
  });

  test("do not make an artefact wait for the file that they name", async () => {
    const place = new Workplace();
    await place.batch([
      objects("objects/a.yaml", [{ data: { $base64: "objects/b.yaml" } }]),
      objects("objects/b.yaml", [{ data: { $base64: "objects/a.yaml" } }]),
    ]);
    expect(place.read("objects/a.yaml")).toContain("objects/b.yaml");
  });
});

/** A request that the library never makes. */
const asking = (file: string): ArtefactRequest => {
  const documents = [{ data: { leak: reference({ $base64: file }) } }];
  return objects("objects/a.yaml", documents);
};

describe("secrets are never put into objects, even if a request asks for it", () => {
  test.each(["pki/ca.key", "pki/sa.key", "tokens/a"])(
    "fails for %s",
    async (file) => {
      const place = await withStore();
      await expect(place.batch([asking(file)])).rejects.toThrow(
        `${place.store.shown(file)} may hold a secret, and objects/a.yaml would put it into a cluster object`,
      );
      expect(place.files()).not.toContain("objects/a.yaml");
    },
  );

  test("fails when a public file also contains a key", async () => {
    const place = await withStore();
    const both = place.read("pki/ca.crt") + place.read("pki/ca.key");
    await place.batch([text("pki/both.crt", both)], { batch: "other" });
    await expect(place.batch([asking("pki/both.crt")])).rejects.toThrow(
      "pki/both.crt may hold a secret",
    );
  });

  test("a public key is allowed", async () => {
    const place = await withStore();
    await place.batch([asking("pki/sa.pub")]);
    expect(place.read("objects/a.yaml")).toContain("leak: LS0t");
  });
});

describe("a listed place without a reference", () => {
  const misplaced = (keys: readonly (string | number)[]): ArtefactRequest => ({
    ...objects("objects/a.yaml", []),
    spec: toYamlDocuments([{ data: { a: "text", b: { $foreign: "x" } } }]),
    references: [{ document: 0, keys }],
  });

  test.each([[["data", "a"]], [["data", "b"]], [["data", "c"]], [["x", 0]]])(
    "fails when a request names %j",
    async (keys) => {
      await expect(new Workplace().batch([misplaced(keys)])).rejects.toThrow(
        /no reference at|not a reference/,
      );
    },
  );

  test("fails when a kind of reference is not allowed there", async () => {
    const documents = [{ a: reference({ $token: "own" }) }];
    await expect(
      new Workplace().batch([
        { ...objects("a", documents), references: placesOf(documents) },
      ]),
    ).rejects.toThrow("$token is not a reference that is allowed here");
  });
});
