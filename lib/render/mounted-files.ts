import type { KubernetesObject } from "./kubernetes-object";

/** One of the user's files on a node, and the hash of its content. */
export interface Fingerprint {
  readonly path: string;
  readonly sha256: string;
}

interface HostPathVolume {
  readonly hostPath?: { readonly path: string };
}

/**
 * Annotates a pod with the fingerprints of the user's files that it mounts. kubelet restarts a static pod when its
 * manifest changes, but not when a mounted file changes.
 */
export function withMountedFiles(
  pod: KubernetesObject,
  files: readonly Fingerprint[],
): KubernetesObject {
  const { volumes = [] } = pod.spec as { volumes?: readonly HostPathVolume[] };
  const mounted = files.filter(({ path }) =>
    volumes.some(({ hostPath }) => hostPath && isBelow(path, hostPath.path)),
  );
  if (mounted.length === 0) return pod;
  const annotation = mounted
    .map(({ path, sha256 }) => `${path} ${sha256}`)
    .join("\n");
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: {
        ...pod.metadata.annotations,
        "cdktf-control-plane/mounted-files": annotation,
      },
    },
  };
}

const isBelow = (path: string, directory: string) =>
  path === directory || path.startsWith(`${directory.replace(/\/$/, "")}/`);
