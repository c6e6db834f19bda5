import { rmSync } from "node:fs";
import {
  APISERVER,
  authority,
  certificate,
  keyPair,
} from "../agent/support/artefacts";
import { Workplace } from "../agent/support/workplace";
import {
  jsonAt,
  later,
  madeStore,
  NOW,
  problemsAt,
  textAt,
} from "./support/inspected-store";

test("shows every certificate once, in one line, ordered by expiry", async () => {
  const place = await madeStore();
  const { text, exitCode } = textAt(place);
  expect(exitCode).toBe(0);
  expect(text.replace(place.store.directory, "clusters/demo")).toBe(
    `clusters/demo

  EXPIRES              RENEWED                   KEY         ISSUER      PURPOSE                                        SUBJECT, NAMES
  2026-12-01 in 182 d  by kubelet                ECDSA-P256  kubernetes  kubeconfig of kubelet on cp-1                  O=system:nodes, CN=system:node:cp-1
  2027-06-01 in 365 d  from 2027-01-30 in 243 d  ECDSA-P256  kubernetes  kubeconfig of kubernetes-admin                 O=kubeadm:cluster-admins, CN=kubernetes-admin
  2027-06-01 in 365 d  from 2027-05-02 in 335 d  ECDSA-P256  kubernetes  serving certificate of kube-apiserver on cp-1  CN=kube-apiserver (kubernetes, 10.0.0.1)
  2036-05-29 in 10 y   by hand                   ECDSA-P256  kubernetes  the certificate authority ca                   CN=kubernetes (kubernetes)

4 fine. Next to expire: 2 certificates, on 2027-06-01 (in 365 d).
`,
  );
});

test("a store with only a key pair has no certificates, and no problem", async () => {
  const place = new Workplace();
  await place.batch([keyPair()]);
  const { text, exitCode } = textAt(place);
  expect(exitCode).toBe(0);
  expect(text.replace(place.store.directory, "keys")).toBe(
    "keys\n\nIt has no certificates.\n",
  );
});

test("prints everything as JSON", async () => {
  const { certificates, waiting, problems } = jsonAt(await madeStore());
  expect({ waiting, problems }).toEqual({ waiting: [], problems: [] });
  expect(certificates.at(-1)).toMatchObject({
    authority: true,
    renewedBy: "hand",
    files: ["pki/ca.crt", "nodes/cp-1/root/etc/kubernetes/pki/ca.crt"],
  });
  expect(certificates[2]).toEqual({
    purpose: "serving certificate of kube-apiserver on cp-1",
    state: "fine",
    subject: "CN=kube-apiserver",
    issuer: "kubernetes",
    names: ["kubernetes", "10.0.0.1"],
    usages: ["serverAuth"],
    key: "ECDSA-P256",
    authority: false,
    notBefore: "2026-06-01T11:55:00Z",
    notAfter: "2027-06-01T12:00:00Z",
    renewal: "2027-05-02T12:00:00Z",
    renewedBy: "apply",
    files: [`${APISERVER}.crt`],
    serialNumber: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
    fingerprint256: expect.stringMatching(/^([0-9A-F]{2}:){31}/) as string,
  });
});

test("exits with 1 when a certificate is due; a kubelet's counts only when it has expired", async () => {
  const place = await madeStore();
  expect(problemsAt(place, later(150))).toEqual({ exitCode: 0, reasons: [] });
  expect(problemsAt(place, later(250))).toEqual({
    exitCode: 1,
    reasons: [
      "expired: kubeconfig of kubelet on cp-1: it expired at 2026-12-01T00:00:00Z",
      "due: kubeconfig of kubernetes-admin: the next apply renews it",
    ],
  });
  expect(textAt(place, later(250)).text).toMatch(
    /^! 2027-06-01 in 115 d {2}by the next deploy +ECDSA-P256/m,
  );
});

test("exits with 1 when a certificate expired", async () => {
  const { exitCode, reasons } = problemsAt(await madeStore(), later(366));
  expect(exitCode).toBe(1);
  expect(reasons).toContain(
    "expired: kubeconfig of kubernetes-admin: it expired at 2027-06-01T12:00:00Z",
  );
});

test("exits with 1 when a CA expires soon", async () => {
  const place = new Workplace();
  await place.batch([authority({ validity: "2400h" })], { now: NOW });
  expect(problemsAt(place)).toMatchObject({ exitCode: 0 });
  expect(problemsAt(place, later(20))).toEqual({
    exitCode: 1,
    reasons: [
      "due: the certificate authority ca: this CA expires at 2026-09-09T12:00:00Z: plan its replacement",
    ],
  });
});

test("exits with 1 while a certificate waits for a signature", async () => {
  const place = new Workplace();
  await place.batch([authority()], { batch: "ca", now: NOW });
  await place.batch(
    [certificate({}, { issuer: { certificate: "pki/ca.crt" } })],
    { now: NOW },
  );
  expect(textAt(place)).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(
      /kube-apiserver on cp-1: its request\s+pending\/nodes/,
    ) as string,
  });
});

test("names certificates without a stamp by their paths", async () => {
  const place = await madeStore();
  rmSync(place.path(".stamps"), { recursive: true });
  const { certificates, exitCode } = jsonAt(place);
  expect(exitCode).toBe(0);
  expect(certificates.map(({ purpose }) => purpose).sort()).toEqual([
    "kubeconfigs/admin.conf",
    "nodes/cp-1/root/etc/kubernetes/kubelet.conf",
    `${APISERVER}.crt`,
    "pki/ca.crt",
  ]);
});
