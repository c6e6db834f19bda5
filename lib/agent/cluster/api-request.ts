import type { Clock } from "../../base/clock";
import type { Host } from "../hosts/host";

export interface KubernetesApiProps {
  /** The content of a kubeconfig with embedded certificates. */
  readonly kubeconfig: string;
  /** The path of the kubeconfig, for messages. */
  readonly path: string;
  readonly host: Host;
  /** The address of one API server, as in its certificate. The server of the kubeconfig is not used. */
  readonly address: string;
  readonly port: number;
  readonly clock: Clock;
  /** Milliseconds for which a request is repeated that fails for a temporary reason. */
  readonly patience?: number;
}

/** The ways to patch an object. */
export const PATCHES = {
  apply: { contentType: "application/apply-patch+yaml", query: "&force=true" },
  merge: { contentType: "application/merge-patch+json", query: "" },
} as const;

/** The answer need not have more of an object than its metadata, which no secret is in. */
export const METADATA_ONLY = {
  accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
};
