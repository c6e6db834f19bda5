import { noteOf, problemOf } from "../../../lib/agent/local/versions";
import { parseKubernetesVersion } from "../../../lib/catalog/versions";

const version = (text: string) => parseKubernetesVersion(text)!;
const WANTED = version("1.36.3");
const program = (name: string, says?: string) => ({
  name,
  path: `/opt/bin/${name}`,
  version: says,
});

describe("a program is refused", () => {
  test.each([
    ["kube-apiserver", "v1.35.4", "1.36.3"],
    ["kube-apiserver", "v1.37.0-alpha.1", "1.36.3"],
    ["kube-controller-manager", "v1.35.9", "1.36.3"],
    ["kube-scheduler", "v2.36.3", "1.36.3"],
    ["etcd", "3.5.24", "1.36.3"],
    ["etcd", "3.8.0", "1.36.3"],
    ["etcd", "4.6.0", "1.36.3"],
    ["etcd", "3.7.0", "1.33.1"],
  ])("%s %s for %s, with both versions and its path", (name, says, wanted) => {
    const problem = problemOf(program(name, says), version(wanted));
    expect(problem).toContain(`${name} is ${says} (/opt/bin/${name})`);
    expect(problem).toContain(`v${wanted}`);
  });
});

describe("a program is used", () => {
  test.each([
    ["kube-apiserver", "v1.36.3", "1.36.3"],
    ["kube-scheduler", "v1.37.0-rc.0", "1.37.0-rc.0"],
    ["etcd", "3.6.6", "1.36.3"],
    ["etcd", "3.5.0-rc.1", "1.33.1"],
  ])("%s %s for %s, without a word", (name, says, wanted) => {
    expect(problemOf(program(name, says), version(wanted))).toBeUndefined();
    expect(noteOf(program(name, says), version(wanted))).toBeUndefined();
  });

  test.each([
    ["kube-apiserver", "v1.36.1", "is v1.36.1, not v1.36.3"],
    ["kube-apiserver", "v1.36.3-dirty", "is v1.36.3-dirty, not v1.36.3"],
    ["kube-apiserver", "v0.0.0-master+$Format:%H$", "the version v0.0.0"],
    ["kube-scheduler", undefined, "prints no version"],
    ["etcd", undefined, "prints no version"],
    ["etcd", "3.7.0", "comes with 3.6.8"],
  ])("%s %s, and it is told", (name, says, note) => {
    expect(problemOf(program(name, says), WANTED)).toBeUndefined();
    expect(noteOf(program(name, says), WANTED)).toContain(note);
    expect(noteOf(program(name, says), WANTED)).toContain(`/opt/bin/${name}`);
  });
});
