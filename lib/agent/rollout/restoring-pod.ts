import { ETCDUTL } from "../../catalog/etcd-backup";
import {
  anyRecord,
  fields,
  list,
  optional,
  record,
  text,
} from "../../base/shape";

/** The fields of etcd's static pod that the pod for a restore takes over. */
export const ETCD_POD = fields({
  metadata: fields({ namespace: text, annotations: optional(record(text)) }),
  spec: fields({
    containers: list(
      fields({
        image: text,
        command: optional(list(text)),
        imagePullPolicy: optional(text),
        volumeMounts: optional(list(anyRecord)),
      }),
    ),
    volumes: optional(list(anyRecord)),
  }),
});

const SNAPSHOT_VOLUME = "snapshot";

/**
 * A static pod that runs etcdutl from etcd's own image, once. In this way the program has the release of etcd, whichever
 * container runtime the host has. Its name is new for each attempt, and so is the folder with its log.
 */
export function restoringPod(
  { metadata, spec }: ReturnType<typeof ETCD_POD>,
  {
    name,
    args,
    snapshots,
  }: {
    readonly name: string;
    readonly args: readonly string[];
    /** The folder with the snapshot. */
    readonly snapshots: string;
  },
): object {
  const { containers, volumes = [], ...pod } = spec;
  const [{ image, imagePullPolicy, volumeMounts = [] }] = containers;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: metadata.namespace },
    spec: {
      ...pod,
      restartPolicy: "Never",
      containers: [
        {
          name: ETCDUTL,
          image,
          imagePullPolicy,
          command: [ETCDUTL, ...args],
          volumeMounts: [
            ...volumeMounts,
            { name: SNAPSHOT_VOLUME, mountPath: snapshots, readOnly: true },
          ],
        },
      ],
      volumes: [
        ...volumes,
        { name: SNAPSHOT_VOLUME, hostPath: { path: snapshots } },
      ],
    },
  };
}
