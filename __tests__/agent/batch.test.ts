import { createHash, X509Certificate } from "node:crypto";
import { statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { load } from "js-yaml";
import { reference } from "../../lib/render/references";
import { clientOf, withAuthority } from "./support/admin";
import {
  APISERVER,
  authority,
  certificate,
  copy,
  file,
  keyPair,
  kubeconfig,
  objects,
  referring,
  text,
} from "./support/artefacts";
import { verify } from "./support/verify";
import { Workplace } from "./support/workplace";

const CERTIFICATE = `${APISERVER}.crt`;
const KEY = `${APISERVER}.key`;
const sha256 = (content: string): string =>
  createHash("sha256").update(content).digest("hex");
const later = (days: number): Date => new Date(Date.now() + days * 86_400_000);

test("a batch makes every kind of artefact, in whatever order it is listed", async () => {
  const place = new Workplace();
  const given = join(place.root, "given.txt");
  writeFileSync(given, "given");
  const lines = await place.batch([
    copy("pki/ca.crt", "nodes/cp-1/root/ca.crt"),
    objects("objects/info.yaml", [
      {
        kind: "A",
        data: reference({
          $yaml: { ca: reference({ $base64: "pki/ca.crt" }) },
        }),
      },
      { kind: "B" },
    ]),
    kubeconfig(),
    certificate(),
    text("nodes/cp-1/root/pod.yaml", "kind: Pod\n"),
    file("nodes/cp-1/root/policy.yaml", given, sha256("given")),
    keyPair(),
    authority(),
  ]);
  expect(lines).toEqual(["cp-1: 11 files made"]);
  expect(place.read("nodes/cp-1/root/ca.crt")).toBe(place.read("pki/ca.crt"));
  expect(place.read("nodes/cp-1/root/policy.yaml")).toBe("given");
  expect(place.read("nodes/cp-1/root/pod.yaml")).toBe("kind: Pod\n");
  expect(place.read("objects/info.yaml")).toContain("\n---\nkind: B\n");
  const info = load(place.read("objects/info.yaml").split("---")[0]) as {
    data: string;
  };
  expect(
    Buffer.from((load(info.data) as { ca: string }).ca, "base64").toString(),
  ).toBe(place.read("pki/ca.crt"));
  verify(place.read(CERTIFICATE), place.read("pki/ca.crt"), "sslserver");
  const client = clientOf(place);
  expect(client.authority).toBe(place.read("pki/ca.crt"));
  expect(client.key).toContain("EC PRIVATE KEY");
  verify(client.certificate, place.read("pki/ca.crt"), "sslclient");
});

test("files have the requested modes, whatever the umask, and other users cannot read the store", async () => {
  const place = new Workplace();
  const umask = process.umask(0o077);
  try {
    await place.batch([authority(), certificate(), kubeconfig()]);
  } finally {
    process.umask(umask);
  }
  const modes = Object.fromEntries(
    place.files().map((path) => [path, place.mode(path)]),
  );
  expect(modes).toEqual({
    "kubeconfigs/admin.conf": "600",
    [CERTIFICATE]: "644",
    [KEY]: "600",
    "pki/ca.crt": "644",
    "pki/ca.key": "600",
  });
  expect(statSync(place.store.directory).mode & 0o777).toBe(0o700);
});

test.each([0o077, 0o000])(
  "folders of a node are as on a node with the umask %i",
  async (given) => {
    const place = new Workplace();
    const umask = process.umask(given);
    try {
      await place.batch([authority(), certificate()]);
    } finally {
      process.umask(umask);
    }
    for (
      let folder = dirname(CERTIFICATE);
      folder !== ".";
      folder = dirname(folder)
    )
      expect([folder, place.mode(folder)]).toEqual([folder, "755"]);
  },
);

test("a stamp holds what a plan compares", async () => {
  const place = await withAuthority();
  await place.batch([
    certificate({}, { intact: "2026-01-01T00:00:00Z", renewBefore: "720h" }),
  ]);
  const { notBefore, notAfter, renewable, ...rest } =
    place.stampOf(CERTIFICATE);
  expect(rest).toEqual({
    token: "2026-01-01T00:00:00Z",
    sha256: `${sha256(place.read(CERTIFICATE))} ${sha256(place.read(KEY))}`,
    batch: "cp-1",
    purpose: "serving certificate of kube-apiserver on cp-1",
    kind: "certificate",
    files: `${CERTIFICATE} 0644 root:root\n${KEY} 0600 root:root`,
    renewBefore: "720h",
  });
  const { validFrom, validTo } = new X509Certificate(place.read(CERTIFICATE));
  expect(new Date(String(notBefore))).toEqual(new Date(validFrom));
  expect(new Date(String(notAfter))).toEqual(new Date(validTo));
  const lifetime = new Date(validTo).getTime() - new Date(validFrom).getTime();
  expect(new Date(String(renewable)).getTime()).toBe(
    new Date(validFrom).getTime() + (lifetime * 2) / 3,
  );
});

test("fails if there is a foreign certificate at its path", async () => {
  const place = await withAuthority();
  const other = new Workplace();
  await other.batch([
    authority({ subject: { commonName: "theirs" } }),
    certificate(),
  ]);
  place.write(CERTIFICATE, other.read(CERTIFICATE));
  place.write(KEY, other.read(KEY), 0o600);
  await expect(place.batch([certificate()])).rejects.toThrow(
    /it is signed by CN=theirs, not by CN=kubernetes/,
  );
  expect(place.read(CERTIFICATE)).toBe(other.read(CERTIFICATE));
});

test("fails if the CA has expired", async () => {
  const place = new Workplace();
  await place.batch([authority({ validity: "24h" })]);
  await expect(place.batch([certificate()], { now: later(2) })).rejects.toThrow(
    /expired at .*it cannot sign anything any more/,
  );
});

describe("an artefact that left the program", () => {
  test("is removed with its stamp and the folders that become empty", async () => {
    const place = await withAuthority();
    await place.batch([certificate(), text("objects/deep/a.yaml", "a")]);
    expect(await place.batch([text("objects/deep/a.yaml", "a")])).toEqual([
      "cp-1: 2 files removed, 1 unchanged",
    ]);
    expect(place.store.files("nodes")).toEqual([]);
    expect(place.store.files(".stamps/nodes")).toEqual([]);
    expect(() => statSync(place.path("nodes"))).toThrow();
  });

  test("stays if another batch lists it now", async () => {
    const place = await withAuthority();
    await place.batch([text("a", "a"), text("b", "b")]);
    await place.batch([text("a", "a")], { batch: "other" });
    await place.batch([text("b", "b")]);
    expect(place.read("a")).toBe("a");
  });

  test("stays if it cannot be made again", async () => {
    const place = await withAuthority();
    await place.batch([text("a", "a")], { batch: "ca" });
    expect(place.files()).toEqual([
      "a",
      "pki/ca.crt",
      "pki/ca.key",
      "pki/sa.key",
      "pki/sa.pub",
    ]);
  });
});

describe("a user's file", () => {
  test("fails the apply if it changed after the plan", async () => {
    const place = new Workplace();
    const given = join(place.root, "given.txt");
    writeFileSync(given, "changed");
    await expect(
      place.batch([file("a", given, sha256("given"))]),
    ).rejects.toThrow(/changed after the plan/);
  });

  test("fails the apply if it does not exist", async () => {
    await expect(
      new Workplace().batch([file("a", "/nowhere/given", "")]),
    ).rejects.toThrow(/\/nowhere\/given, given for a, cannot be read: ENOENT/);
  });

  test("gives its token to a kubeconfig", async () => {
    const place = await withAuthority();
    const given = join(place.root, "token");
    writeFileSync(given, "secret\n");
    const spec = {
      config: {
        users: [
          {
            user: {
              token: reference({
                $text: { file: given, sha256: sha256("secret\n") },
              }),
            },
          },
        ],
      },
    };
    await place.batch([
      kubeconfig("", { ...referring(spec), issuer: undefined }),
    ]);
    expect(load(place.read("kubeconfigs/admin.conf"))).toEqual({
      users: [{ user: { token: "secret" } }],
    });
  });
});

test("fails if an input is missing", async () => {
  await expect(
    new Workplace().batch([copy("pki/ca.crt", "a")]),
  ).rejects.toThrow(/pki\/ca.crt is missing, but copy of/);
});

test.each(["../outside", "/etc/passwd", "a/../../b"])(
  "fails if %s should be written, which is outside the store",
  async (path) => {
    await expect(new Workplace().batch([text(path, "a")])).rejects.toThrow(
      /is not a path inside the store/,
    );
  },
);

test("fails if artefacts depend on each other in a circle", async () => {
  await expect(
    new Workplace().batch([copy("a", "b"), copy("b", "a")]),
  ).rejects.toThrow(/made from each other: b, a, b/);
});
