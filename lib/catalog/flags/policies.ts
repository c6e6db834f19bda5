import { frozen } from "../frozen";
import type { ComponentId } from "../component-id";
import { TRUE } from "./common";
import { ETCD_FLAGS } from "./etcd";
import { KUBE_APISERVER_FLAGS } from "./kube-apiserver";
import { KUBE_CONTROLLER_MANAGER_FLAGS } from "./kube-controller-manager";
import { KUBE_SCHEDULER_FLAGS } from "./kube-scheduler";
import { KUBELET_FLAGS } from "./kubelet";
import {
  type AddPolicy,
  type FlagPolicy,
  is,
  warn,
  type WarnPolicy,
} from "./policy";

const POLICIES: Readonly<Record<ComponentId, readonly FlagPolicy[]>> = frozen({
  etcd: ETCD_FLAGS,
  "kube-apiserver": KUBE_APISERVER_FLAGS,
  "kube-controller-manager": KUBE_CONTROLLER_MANAGER_FLAGS,
  "kube-scheduler": KUBE_SCHEDULER_FLAGS,
  kubelet: KUBELET_FLAGS,
});

export const FLAG_OWNERS: readonly ComponentId[] = frozen(
  Object.keys(POLICIES) as ComponentId[],
);

/** The flags of a component that are lists to which values can be added. */
export const addPolicies = (component: ComponentId): readonly AddPolicy[] =>
  POLICIES[component].filter((row) => row.policy === "add");

/** The warnings of a component. Any flag with `insecure` in its name has one, too. */
export const warnPolicies = (
  component: ComponentId,
  flags: readonly string[] = [],
): readonly WarnPolicy[] => [
  ...POLICIES[component].filter((row) => row.policy === "warn"),
  ...flags
    .filter((flag) => /(?:^|-)insecure(?:-|$)/.test(flag))
    .map((flag) =>
      warn("it does not verify the server or the client", is(flag, TRUE)),
    ),
];
