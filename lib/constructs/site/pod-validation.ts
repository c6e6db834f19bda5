import type { ComponentRow } from "../../catalog/components";
import type { ExtraEnv, ExtraVolume, Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import { isDnsLabel, withoutSlash } from "../hosts";
import {
  duplicateMountPath,
  duplicateVolume,
  invalidVariableName,
  invalidVariableSource,
  invalidVolumeName,
  invalidVolumePath,
  invalidVolumeType,
  VARIABLE_SOURCES,
  VOLUME_TYPES,
  variableWithTwoValues,
} from "./pod-errors";

/** What a pod could not be made with. @param where `apiServer.extraVolumes` */
export function validateVolumes(
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
  for (const { name, hostPath, mountPath, pathType } of volumes) {
    if (hasToken(name) || !isDnsLabel(name))
      throw invalidVolumeName(where, name);
    if (names.has(name)) throw duplicateVolume(where, name);
    names.add(name);
    for (const [field, path] of Object.entries({ hostPath, mountPath }))
      if (!hasToken(path) && !isAbsolute(path))
        throw invalidVolumePath(where, name, field, path);
    if (mountPath.includes(":") && !hasToken(mountPath))
      throw invalidVolumePath(where, name, "mountPath", mountPath);
    const mount = withoutSlash(mountPath);
    if (mounts.has(mount)) throw duplicateMountPath(where, name, mountPath);
    mounts.add(mount);
    if (
      pathType !== undefined &&
      !hasToken(pathType) &&
      !VOLUME_TYPES.includes(pathType)
    )
      throw invalidVolumeType(where, name, pathType);
  }
}

const isAbsolute = (path: string): boolean =>
  path.startsWith("/") && !path.split("/").includes("..");

/** @param where `apiServer.extraEnvs` */
export function validateVariableNames(
  where: string,
  variables: readonly ExtraEnv[],
): void {
  for (const { name, value, valueFrom } of variables) {
    // Kubernetes takes any printable ASCII but the sign that ends a name.
    if (!hasToken(name) && !/^[\x20-<>-\x7e]+$/.test(name))
      throw invalidVariableName(where, name);
    if (value !== undefined && value !== "" && valueFrom !== undefined)
      throw variableWithTwoValues(where, name);
    const sources = Object.keys(valueFrom ?? {});
    const unknown = sources.find((each) => !VARIABLE_SOURCES.includes(each));
    if (unknown !== undefined || sources.length > 1)
      throw invalidVariableSource(where, name, unknown ?? sources.join(", "));
  }
}
