import type { TerraformStack } from "cdktf";
import { fieldsOf } from "../../lib/catalog/flags/kubelet";
import {
  type CheckTest,
  type HardeningCheck,
  holds,
} from "../../lib/catalog/hardening/check";
import { CHECKS } from "../../lib/catalog/hardening/checks";
import type { ExtraArgs } from "../../lib/catalog/site";
import { controlPlaneIn } from "../../lib/testing";
import type { SynthesizedFile } from "../../lib/testing/places";

type Files = Readonly<Record<string, SynthesizedFile>>;

/** The checks of the benchmark that the synthesized files of a node fail, without those that only people can tell. */
export const failingOn = (stack: TerraformStack, name: string): string[] => {
  const node = controlPlaneIn(stack).on(name);
  const files = node.filesOf(name);
  const flagsOf = (component: string): ExtraArgs =>
    component === "kubelet"
      ? {
          ...fieldsOf(configurationIn(files)),
          ...node.flagsOf("kubelet"),
        }
      : node.flagsOf(component);
  const passes = (test: CheckTest): boolean => {
    switch (test.on) {
      case "flags":
        return holds(test, flagsOf(test.component));
      case "files":
        return filesPass(files, test);
      default:
        return true;
    }
  };
  return CHECKS.filter(
    (check) => !(passes(check.test) && passesOnHost(check, files)),
  ).map(({ id }) => id);
};

const configurationIn = (files: Files): Readonly<Record<string, unknown>> =>
  files["/var/lib/kubelet/config.yaml"].content as Record<string, unknown>;

/** kube-bench fails a check if it finds none of the files, except those of kubelet and kube-proxy that may be missing. */
function filesPass(
  files: Files,
  { paths, mode, owner }: CheckTest & { on: "files" },
): boolean {
  const matching = Object.keys(files).filter((path) =>
    paths.some((each) => isMeant(each, path)),
  );
  const found = matching.map((path) => files[path]);
  return (
    (found.length > 0 || paths[0].includes("kube-proxy")) &&
    found.every(
      (file) =>
        (mode === undefined ||
          (parseInt(file.mode, 8) & ~parseInt(mode, 8)) === 0) &&
        (owner === undefined || (file.owner ?? "root:root") === owner),
    )
  );
}

/** `/a/` means all files in it, `/a/*.key` some of them. */
function isMeant(pattern: string, path: string): boolean {
  const [folder, end = ""] = pattern.split("*");
  return pattern.includes("*") || pattern.endsWith("/")
    ? path.startsWith(folder) && path.endsWith(end)
    : path === pattern;
}

/** What can be foreseen of a host from the files. */
function passesOnHost({ id }: HardeningCheck, files: Files): boolean {
  const file = files["/etc/systemd/system/etcd.service"];
  const unit = file && JSON.stringify(file.content);
  switch (id) {
    case "1.1.9":
    case "1.1.10":
      return false;
    case "1.1.11":
      // A rollout closes the folder for a pod: see close-folder.slow.test.ts.
      return unit === undefined || unit.includes("install -d -m 0700");
    case "1.1.12":
      return !!unit?.includes("-o etcd -g etcd /var/lib/etcd");
    default:
      return true;
  }
}
