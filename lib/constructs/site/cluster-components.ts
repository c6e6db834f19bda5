import { COMPONENTS, type ComponentRow } from "../../catalog/components";
import type { Site } from "../../catalog/site";

/** The prop for each component. */
export const COMPONENT_PROPS: Readonly<Record<ComponentRow["id"], string>> = {
  etcd: "etcd",
  "kube-apiserver": "apiServer",
  "kube-controller-manager": "controllerManager",
  "kube-scheduler": "scheduler",
};

/** The components that the cluster runs: all of them, unless etcd is external. */
export const componentsOf = ({ etcd }: Site): readonly ComponentRow[] =>
  COMPONENTS.filter(({ id }) => id !== "etcd" || etcd.kind === "local");
