import { certificateWords, fileLineWords } from "../../lib/cli/plan/spec-words";
import { toYaml } from "../../lib/render/yaml";

const CERTIFICATE = {
  subject: { commonName: "kube-apiserver" },
  names: ["cp-1", "10.0.0.11"],
  usages: ["serverAuth"],
  keyAlgorithm: "RSA-2048",
  validity: "8760h0m0s",
};

const wordsFor = (change: object): string[] | undefined =>
  certificateWords(toYaml(CERTIFICATE), toYaml({ ...CERTIFICATE, ...change }));

describe("what changes in a certificate", () => {
  it.each<[string, object, string[]]>([
    ["nothing", {}, []],
    [
      "names",
      { names: ["10.0.0.11", "api.internal"] },
      ["names: + api.internal, - cp-1"],
    ],
    ["all names", { names: undefined }, ["names: - cp-1, - 10.0.0.11"]],
    [
      "its usages",
      { usages: ["serverAuth", "clientAuth"] },
      ["usages: + clientAuth"],
    ],
    [
      "its subject",
      { subject: { commonName: "kube-apiserver", organizations: ["a", "b"] } },
      ["subject: kube-apiserver -> kube-apiserver, a, b"],
    ],
    [
      "its key and its lifetime",
      { keyAlgorithm: "ECDSA-P256", validity: "24h0m0s" },
      ["key: RSA-2048 -> ECDSA-P256", "lifetime: 8760h0m0s -> 24h0m0s"],
    ],
  ])("says in words: %s", (_, change, words) => {
    expect(wordsFor(change)).toEqual(words);
  });

  it("is left to the lines of text if it is no certificate", () => {
    expect(certificateWords("a: 1", "a: 2")).toBeUndefined();
    expect(certificateWords(toYaml(CERTIFICATE), "a: [")).toBeUndefined();
  });
});

describe("what changes in the files of an artefact", () => {
  it.each([
    [
      "a.crt 0644\na.key 0600",
      "a.crt 0644\na.key 0640",
      ["a.key: 0600 -> 0640"],
    ],
    [
      "x/a.key 0600",
      "x/a.key 0600 etcd:etcd",
      ["a.key: 0600 -> 0600 etcd:etcd"],
    ],
    ["a.crt 0644", "a.crt 0644\na.key 0600", ["also makes a.key"]],
    ["a.crt 0644\nb 0600\nc 0600", "a.crt 0644", ["no longer makes b and c"]],
  ])("is said in words", (before, after, words) => {
    expect(fileLineWords(before, after)).toEqual(words);
  });
});
