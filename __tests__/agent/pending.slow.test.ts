import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { load } from "js-yaml";
import { APISERVER, copy } from "./support/artefacts";
import {
  admin,
  apiserver,
  externalAuthority,
  PENDING,
  complaint,
} from "./support/external-authority";
import { openssl, temporaryFile, verify } from "./support/openssl";

test("certificates of an external CA wait, and everything else is made", async () => {
  const { place } = await externalAuthority();
  const lines = await place.batch([
    apiserver(),
    admin(),
    copy("pki/ca.crt", "nodes/cp-1/root/ca.crt"),
  ]);
  expect(lines).toEqual(["cp-1: 1 file made, 2 waiting for a signature"]);
  expect(place.files()).toEqual([
    "nodes/cp-1/root/ca.crt",
    `${PENDING.admin}.csr`,
    `${PENDING.admin}.key`,
    `${PENDING.apiserver}.csr`,
    `${PENDING.apiserver}.key`,
    "pki/ca.crt",
  ]);
  expect(place.mode(`${PENDING.admin}.key`)).toBe("600");
  expect(
    openssl(
      "req",
      "-in",
      place.path(`${PENDING.admin}.csr`),
      "-noout",
      "-verify",
      "-subject",
    ),
  ).toContain("O = kubeadm:cluster-admins, CN = kubernetes-admin");
  expect(place.stampOf(`${APISERVER}.crt`)).toMatchObject({
    sha256: "pending",
    token: "token",
  });
});

test("the last step fails with a list of all requests and the paths for their certificates", async () => {
  const { place } = await externalAuthority();
  await place.batch([apiserver(), admin()]);
  const at = join(place.store.directory, "");
  expect(complaint(place)).toBe(
    [
      "2 certificates wait for the signature of an external CA, whose key is not in the store. Sign each request, put the certificate at the path below it, and apply again:",
      "  kubeconfig of kubernetes-admin",
      `    sign  ${at}/pending/kubeconfigs/admin.conf.csr`,
      `    put   ${at}/pending/kubeconfigs/admin.conf.crt`,
      "  serving certificate of kube-apiserver on cp-1",
      `    sign  ${at}/${PENDING.apiserver}.csr`,
      `    put   ${at}/${PENDING.apiserver}.crt`,
    ].join("\n"),
  );
});

test("the next batch takes over signed certificates, kubeconfigs included, and nothing waits any more", async () => {
  const { place, sign } = await externalAuthority();
  await place.batch([apiserver(), admin()]);
  sign(PENDING.apiserver);
  sign(PENDING.admin);
  expect(await place.batch([apiserver(), admin()])).toEqual([
    "cp-1: 3 files made",
  ]);
  expect(complaint(place)).toBe("");
  expect(place.files()).toEqual([
    "kubeconfigs/admin.conf",
    `${APISERVER}.crt`,
    `${APISERVER}.key`,
    "pki/ca.crt",
  ]);
  verify(place.read(`${APISERVER}.crt`), place.read("pki/ca.crt"), "sslserver");
  const { users } = load(place.read("kubeconfigs/admin.conf")) as {
    users: { user: Record<string, string> }[];
  };
  verify(
    Buffer.from(users[0].user["client-certificate-data"], "base64").toString(),
    place.read("pki/ca.crt"),
    "sslclient",
  );

  const before = place.contents();
  expect(await place.batch([apiserver(), admin()])).toEqual([
    "cp-1: 3 files unchanged (to make new keys: cdktf-control-plane renew)",
  ]);
  expect(place.contents()).toEqual(before);
});

test("a request without a certificate keeps waiting, with the same key and the same request", async () => {
  const { place } = await externalAuthority();
  await place.batch([apiserver(), admin()]);
  const before = place.contents();
  await place.batch([apiserver(), admin()]);
  expect(place.contents()).toEqual(before);
});

test("a change in the program changes the request but not the key, unless the algorithm changes", async () => {
  const { place } = await externalAuthority();
  await place.batch([apiserver()]);
  const [key, csr] = [
    place.read(`${PENDING.apiserver}.key`),
    place.read(`${PENDING.apiserver}.csr`),
  ];
  await place.batch([apiserver({ names: ["other.example"] })]);
  expect(place.read(`${PENDING.apiserver}.key`)).toBe(key);
  expect(place.read(`${PENDING.apiserver}.csr`)).not.toBe(csr);
  await place.batch([apiserver({ keyAlgorithm: "ECDSA-P384" })]);
  expect(place.read(`${PENDING.apiserver}.key`)).not.toBe(key);
});

test("a pair in use stays while its successor waits", async () => {
  const { place, sign } = await externalAuthority();
  await place.batch([apiserver()]);
  sign(PENDING.apiserver);
  await place.batch([apiserver()]);
  const inUse = place.read(`${APISERVER}.crt`);
  await place.batch([apiserver({ names: ["more.example"] })]);
  expect(place.read(`${APISERVER}.crt`)).toBe(inUse);
  expect(place.stampOf(`${APISERVER}.crt`).sha256).toBe("pending");
  sign(PENDING.apiserver);
  await place.batch([apiserver({ names: ["more.example"] })]);
  expect(
    new X509Certificate(place.read(`${APISERVER}.crt`)).subjectAltName,
  ).toBe("DNS:more.example");
});

test("undoing the change ends the wait", async () => {
  const { place, sign } = await externalAuthority();
  await place.batch([apiserver()]);
  sign(PENDING.apiserver);
  await place.batch([apiserver()]);
  await place.batch([apiserver({ names: ["more.example"] })]);
  await place.batch([apiserver()]);
  expect(place.store.files("pending")).toEqual([]);
  expect(complaint(place)).toBe("");
});

test("a copy of a waiting certificate waits too, and is listed once", async () => {
  const { place } = await externalAuthority();
  await place.batch([
    apiserver(),
    copy(`${APISERVER}.crt`, "nodes/cp-2/root/a.crt"),
  ]);
  expect(complaint(place)).toMatch(/^1 certificate waits/);
  expect(
    await place.batch([copy(`${APISERVER}.crt`, "nodes/cp-3/root/a.crt")], {
      batch: "cp-3",
    }),
  ).toEqual(["cp-3: 1 waiting for a signature"]);
});

test("a signed certificate may have additional names and another lifetime", async () => {
  const { place, sign } = await externalAuthority();
  await place.batch([apiserver()]);
  const extension = temporaryFile(
    "subjectAltName=DNS:kubernetes,IP:10.0.0.1,DNS:more.example\nextendedKeyUsage=serverAuth,clientAuth",
  );
  sign(PENDING.apiserver, "-copy_extensions", "none", "-extfile", extension);
  expect(await place.batch([apiserver()])).toEqual(["cp-1: 2 files made"]);
});

test("an artefact that left the program waits no longer", async () => {
  const { place } = await externalAuthority();
  await place.batch([apiserver(), admin()]);
  await place.batch([admin()]);
  expect(place.store.files("pending")).toEqual([
    `${PENDING.admin}.csr`,
    `${PENDING.admin}.key`,
  ]);
});
