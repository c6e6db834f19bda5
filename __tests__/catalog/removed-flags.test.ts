import {
  ETCD,
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
  KUBE_SCHEDULER,
} from "../../lib/catalog/components";
import { isIn, knownFlags } from "../../lib/catalog/flags/known";
import { KNOWN_FLAGS } from "../../lib/catalog/flags/known-flags";
import { kubeletArguments } from "../../lib/catalog/kubelet";
import {
  REMOVED,
  removedFlag,
  usersRemovedFlag,
} from "../../lib/catalog/flags/removed-flags";
import {
  parseKubernetesVersion,
  SUPPORTED_MINORS,
  VERSIONS,
} from "../../lib/catalog/versions";
import { KUBEADM_CASES } from "../support/kubeadm";
import { siteOf } from "../support/site";
import type { ComponentId } from "../../lib/catalog/component-id";

/** The flags that a component has in a version, as its own code registers them. */
const flagsOf = (component: ComponentId, minor: number): Set<string> =>
  new Set(
    [...knownFlags(component)].flatMap(([flag, known]) =>
      isIn(known, minor) ? [flag] : [],
    ),
  );

const version = (minor: number) =>
  parseKubernetesVersion(
    VERSIONS.find((row) => row.minor === minor)!.measured,
  )!;

describe.each(Object.keys(KNOWN_FLAGS) as ComponentId[])("%s", (component) => {
  test.each(SUPPORTED_MINORS)(
    "no longer has the flags that the table lists as removed in 1.%i",
    (minor) => {
      const flags = flagsOf(component, minor);
      const wrong = REMOVED[component]
        .filter((row) => row.since <= minor)
        .flatMap((row) => row.flags.filter((flag) => flags.has(flag)));
      expect(wrong).toEqual([]);
    },
  );

  test.each(SUPPORTED_MINORS.slice(1))(
    "loses no flag in 1.%i that is missing in the table",
    (minor) => {
      const now = flagsOf(component, minor);
      const lost = [...flagsOf(component, minor - 1)].filter(
        (flag) => !now.has(flag),
      );
      const unknown = lost.filter(
        (flag) =>
          removedFlag(component, flag, version(minor))?.since !== `1.${minor}`,
      );
      expect(unknown).toEqual([]);
    },
  );

  test("keeps a flag until the version that removes it", () => {
    const early = REMOVED[component]
      .filter(({ since }) => since > SUPPORTED_MINORS[0])
      .flatMap(({ flags, since }) =>
        flags.filter((flag) => !flagsOf(component, since - 1).has(flag)),
      );
    expect(early).toEqual([]);
  });
});

test("default flags exist in their version", () => {
  for (const { config } of KUBEADM_CASES) {
    const site = siteOf(config);
    const rows = [
      ETCD,
      KUBE_APISERVER,
      KUBE_CONTROLLER_MANAGER,
      KUBE_SCHEDULER,
    ];
    for (const row of rows.filter((each) => each.needed?.(site) ?? true)) {
      for (const flag of Object.keys(row.arguments(site, site.nodes[0])))
        expect(flagsOf(row.id, site.version.minor)).toContain(flag);
    }
    for (const flag of Object.keys(kubeletArguments(site, site.nodes[0])))
      expect(flagsOf("kubelet", site.version.minor)).toContain(flag);
  }
});

test("nobody is asked to remove a flag that the library itself writes", () => {
  const last = version(SUPPORTED_MINORS.at(-1)!);
  const own = KUBEADM_CASES.map(({ config }) => siteOf(config))
    .filter(({ version: { deployable } }) => deployable)
    .flatMap((site) => [
      ...[ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, KUBE_SCHEDULER]
        .filter((each) => each.needed?.(site) ?? true)
        .flatMap((row) =>
          Object.keys(row.arguments(site, site.nodes[0])).map(
            (flag) => [row.id, flag] as const,
          ),
        ),
      ...Object.keys(kubeletArguments(site, site.nodes[0])).map(
        (flag) => ["kubelet", flag] as const,
      ),
    ]);
  const removed = own.filter(([id, flag]) => removedFlag(id, flag, last));
  expect(removed).not.toEqual([]);
  for (const [id, flag] of removed)
    expect(usersRemovedFlag(id, flag, last)).toBeUndefined();
});

test.each(["logtostderr", "log-dir", "kubelet-https"])(
  "--%s of kube-apiserver is listed as removed",
  (flag) =>
    expect(removedFlag("kube-apiserver", flag, version(36))).toBeDefined(),
);

test.each([
  "v",
  "etcd-servers",
  "bind-address",
  "service-node-port-range",
  "allow-privileged",
])("--%s of kube-apiserver is not listed as removed", (flag) => {
  expect(removedFlag("kube-apiserver", flag, version(36))).toBeUndefined();
  expect(flagsOf("kube-apiserver", 36).has(flag)).toBe(true);
});
