import { type ComponentRow, componentsOf } from "../../catalog/components";
import type {
  ExtraEnv,
  ExtraVolume,
  ImageOverride,
  Site,
} from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { Requirement } from "../../terraform/requirement";
import { isDnsLabel, withoutSlash } from "../hosts";
import {
  ABSOLUTE_PATH,
  oneOf,
  REPOSITORY,
  TAG,
  VARIABLE_NAME,
  WITHOUT_COLON,
} from "../patterns";
import { validateArgument } from "./flag-validation";
import {
  duplicateMountPath,
  duplicateVolume,
  invalidImageRepository,
  invalidImageTag,
  invalidVariableName,
  invalidVariableSource,
  invalidVolumeName,
  invalidVolumePath,
  invalidVolumeType,
  VARIABLE_SOURCES,
  VOLUME_TYPES,
  variableWithTwoValues,
} from "./pod-errors";

/** Checks the volumes and variables that are added to components, except their {@link podRequirements}. */
export function validatePods(site: Site): void {
  for (const row of componentsOf(site)) {
    const { extraEnvs, extraVolumes } = row.options(site);
    validateVolumes(site, `${row.prop}.extraVolumes`, row, extraVolumes);
    validateVariables(`${row.prop}.extraEnvs`, extraEnvs);
    for (const { name, value = "" } of extraEnvs)
      validateArgument(`${row.prop}.extraEnvs has ${name}`, name, value);
  }
}

/** What the texts of volumes and variables must be. */
export const podRequirements = (site: Site): Requirement[] =>
  componentsOf(site).flatMap((row) => {
    const { extraEnvs, extraVolumes } = row.options(site);
    return [
      ...volumeRequirements(`${row.prop}.extraVolumes`, extraVolumes),
      ...variableRequirements(`${row.prop}.extraEnvs`, extraEnvs),
    ];
  });

/** What a pod could not be made with. @param where `apiServer.extraVolumes` */
function validateVolumes(
  site: Site,
  where: string,
  row: ComponentRow,
  volumes: readonly ExtraVolume[],
): void {
  const names = new Set<string>();
  // A volume of the same name takes the place of the component's own, as with kubeadm.
  const kept = row
    .volumes(site)
    .filter((own) => !volumes.some(({ name }) => name === own.name));
  const mounts = new Set(kept.map(({ mountPath }) => mountPath));
  for (const { name, mountPath } of volumes) {
    if (hasToken(name) || !isDnsLabel(name))
      throw invalidVolumeName(where, name);
    if (names.has(name)) throw duplicateVolume(where, name);
    names.add(name);
    const mount = withoutSlash(mountPath);
    if (mounts.has(mount)) throw duplicateMountPath(where, name, mountPath);
    mounts.add(mount);
  }
}

/** @param where `apiServer.extraVolumes` */
const volumeRequirements = (
  where: string,
  volumes: readonly ExtraVolume[],
): Requirement[] =>
  volumes.flatMap(({ name, hostPath, mountPath, pathType = "" }) => [
    {
      value: hostPath,
      patterns: [ABSOLUTE_PATH],
      error: (given) => invalidVolumePath(where, name, "hostPath", given),
    },
    {
      value: mountPath,
      patterns: [ABSOLUTE_PATH, WITHOUT_COLON],
      error: (given) => invalidVolumePath(where, name, "mountPath", given),
    },
    {
      value: pathType,
      patterns: [oneOf(VOLUME_TYPES)],
      error: (given) => invalidVolumeType(where, name, given),
    },
  ]);

/** @param where `apiServer.extraEnvs` */
const variableRequirements = (
  where: string,
  variables: readonly ExtraEnv[],
): Requirement[] =>
  variables.map(({ name }) => ({
    value: name,
    patterns: [VARIABLE_NAME],
    error: (given) => invalidVariableName(where, given),
  }));

/** @param where `apiServer.extraEnvs` */
function validateVariables(
  where: string,
  variables: readonly ExtraEnv[],
): void {
  for (const { name, value, valueFrom } of variables) {
    if (value !== undefined && value !== "" && valueFrom !== undefined)
      throw variableWithTwoValues(where, name);
    const sources = Object.keys(valueFrom ?? {});
    const unknown = sources.find((each) => !VARIABLE_SOURCES.includes(each));
    if (unknown !== undefined || sources.length > 1)
      throw invalidVariableSource(where, name, unknown ?? sources.join(", "));
  }
}

/** What container runtimes can read as the names of images. */
export function imageRequirements({
  imageRepository,
  dns,
  etcd,
}: Site): Requirement[] {
  const images: Readonly<Record<string, ImageOverride>> = {
    "dns.image": dns.image,
    ...(etcd.kind === "local" && { "etcd.image": etcd.image }),
  };
  return [
    repository("imageRepository", imageRepository),
    ...Object.entries(images).flatMap(([prop, image]) => [
      ...(image.repository === undefined
        ? []
        : [repository(`${prop}.repository`, image.repository)]),
      ...(image.tag === undefined
        ? []
        : [
            {
              value: image.tag,
              patterns: [TAG],
              error: (given: string) => invalidImageTag(`${prop}.tag`, given),
            },
          ]),
    ]),
  ];
}

const repository = (prop: string, value: string): Requirement => ({
  value,
  patterns: [REPOSITORY],
  error: (given) => invalidImageRepository(prop, given),
});
