import type { KubernetesObject } from "../render/kubernetes-object";

/** A static pod. Fields that are not listed are there, too. */
export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly containers: readonly Container[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly hostPath: { readonly path: string; readonly type?: string };
    }[];
    readonly [field: string]: unknown;
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly [field: string]: unknown;
  }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
  readonly [field: string]: unknown;
}
