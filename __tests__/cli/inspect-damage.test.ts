import { rmSync } from "node:fs";
import { inspect } from "../../lib/cli/report/inspect";
import {
  APISERVER,
  authority,
  certificate,
  copy,
} from "../agent/support/artefacts";
import { Workplace } from "../agent/support/workplace";
import { madeStore, NOW, problemsAt } from "./support/inspected-store";

describe("exits with 2 and names the problem when", () => {
  test("a key belongs to another certificate", async () => {
    const place = await madeStore();
    place.write(`${APISERVER}.key`, place.read("pki/ca.key"));
    expect(problemsAt(place)).toEqual({
      exitCode: 2,
      reasons: [
        `broken: serving certificate of kube-apiserver on cp-1: ${APISERVER}.crt: its key does not belong to it`,
      ],
    });
  });

  test("a certificate file holds no certificate", async () => {
    const place = await madeStore();
    place.write(`${APISERVER}.crt`, "nothing");
    expect(problemsAt(place)).toEqual({
      exitCode: 2,
      reasons: [`${APISERVER}.crt: it is not a certificate in PEM form`],
    });
  });

  test("another CA signed a certificate", async () => {
    const place = await madeStore();
    const other = new Workplace();
    await other.batch([authority(), certificate()], { now: NOW });
    for (const file of [`${APISERVER}.crt`, `${APISERVER}.key`])
      place.write(file, other.read(file));
    expect(problemsAt(place)).toEqual({
      exitCode: 2,
      reasons: [
        "broken: serving certificate of kube-apiserver on cp-1: it was signed with another key than that of the present CN=kubernetes",
      ],
    });
  });

  test("a file is missing", async () => {
    const place = await madeStore();
    rmSync(place.path("pki/ca.key"));
    expect(problemsAt(place)).toEqual({
      exitCode: 2,
      reasons: ["pki/ca.key: it is missing"],
    });
  });

  test("there is no store", () => {
    expect(inspect(["/nowhere"], { json: false })).toEqual({
      exitCode: 2,
      text: "/nowhere\n\nx /nowhere: there is no such folder. Name that of a store: clusters/<name> by default\n",
    });
  });
});

describe("a file that another one of the store replaced is named alone when it is", () => {
  const NODE = "nodes/cp-1/root/etc/kubernetes/pki";
  const ETCD = `${NODE}/etcd/server`;
  const COPY = `${NODE}/ca.crt`;
  const made = [
    authority(),
    certificate({}, { renewBefore: "720h" }),
    certificate(
      {
        subject: { commonName: "kube-etcd" },
        names: ["etcd.example.org"],
      },
      {
        purpose: "serving certificate of etcd on cp-1",
        files: `${ETCD}.crt 0644\n${ETCD}.key 0600`,
      },
    ),
    copy("pki/ca.crt", COPY),
  ];

  test.each<[string, Record<string, string>, string]>([
    [
      "a certificate",
      { [`${APISERVER}.crt`]: `${ETCD}.crt` },
      `broken: serving certificate of etcd on cp-1: ${ETCD}.crt: it was replaced by a copy of ${APISERVER}.crt`,
    ],
    [
      "a certificate with its key",
      {
        [`${APISERVER}.crt`]: `${ETCD}.crt`,
        [`${APISERVER}.key`]: `${ETCD}.key`,
      },
      `broken: serving certificate of etcd on cp-1: ${ETCD}.crt: it was replaced by a copy of ${APISERVER}.crt`,
    ],
    [
      "a certificate that is a CA now",
      { "pki/ca.crt": `${APISERVER}.crt` },
      `broken: serving certificate of kube-apiserver on cp-1: ${APISERVER}.crt: it was replaced by a copy of pki/ca.crt`,
    ],
    [
      "a copy of a CA",
      { [`${APISERVER}.crt`]: COPY },
      `broken: copy of pki/ca.crt: ${COPY}: it was replaced by a copy of ${APISERVER}.crt`,
    ],
  ])("%s", async (_, copies, reason) => {
    const place = new Workplace();
    await place.batch(made, { now: NOW });
    for (const [from, to] of Object.entries(copies))
      place.write(to, place.read(from));
    const { exitCode, reasons } = problemsAt(place);
    expect(exitCode).toBe(2);
    expect(reasons).toEqual([reason]);
  });
});
