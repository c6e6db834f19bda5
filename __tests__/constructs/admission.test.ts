import {
  type AdmissionProps,
  ControlPlane,
  type ControlPlaneProps,
  Hardening,
  LocalControlPlane,
  Runtime,
} from "../../lib";
import { admissionPlugins } from "../../lib/catalog/admission-plugins";
import { expectControlPlane } from "../../lib/testing";
import {
  cluster,
  clusterProps,
  host,
  newControlPlane,
  newStack,
} from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";
import { artefactsOf, yamlOf } from "../support/synthesized";
import { warningsOf } from "../support/warnings";

const FILE = "/etc/kubernetes/kube-apiserver/admission.yaml";
const ENABLE = "enable-admission-plugins";
const DISABLE = "disable-admission-plugins";

const configured = (props: Partial<ControlPlaneProps>) => {
  const stack = newStack();
  new ControlPlane(stack, "cluster", clusterProps(props));
  return expectControlPlane(stack);
};

test("plugins are added to those of kubeadm, and removed from the defaults", () => {
  const expected = configured({
    admission: { add: ["AlwaysPullImages"], remove: ["DefaultStorageClass"] },
  });
  expected.toHaveFlag(
    "kube-apiserver",
    ENABLE,
    "NodeRestriction,AlwaysPullImages",
  );
  expected.toHaveFlag("kube-apiserver", DISABLE, "DefaultStorageClass");
  expected.not.toHaveFlag("kube-apiserver", "admission-control-config-file");
});

test("a plugin that kubeadm enables is removed where it is enabled, with a warning", () => {
  const admission = { remove: ["NodeRestriction"] };
  const expected = configured({ admission });
  expected.toHaveFlag("kube-apiserver", ENABLE, "");
  expected.not.toHaveFlag("kube-apiserver", DISABLE);
  expect(warningsOf(cluster({ admission })).join()).toContain(
    "a kubelet may change other nodes and their pods",
  );
});

test("they are added to those of hardening, and addArgs adds to both", () => {
  configured({
    hardening: Hardening.cis(),
    admission: { add: ["AlwaysPullImages"] },
    apiServer: { addArgs: { [ENABLE]: "PodNodeSelector" } },
  }).toHaveFlag(
    "kube-apiserver",
    ENABLE,
    "NodeRestriction,DenyServiceExternalIPs,AlwaysPullImages,PodNodeSelector",
  );
});

test("what hardening enables can be removed, with a warning", () => {
  const props = {
    hardening: Hardening.cis(),
    admission: { remove: ["DenyServiceExternalIPs"] },
  };
  configured(props).toHaveFlag("kube-apiserver", ENABLE, "NodeRestriction");
  expect(warningsOf(cluster(props)).join()).toContain("the check 1.2.3 ");
});

const ALL: AdmissionProps = {
  podSecurity: {
    enforce: "baseline",
    warn: "restricted",
    warnVersion: "v1.36",
    exemptNamespaces: ["kube-system"],
  },
  eventRateLimit: [
    { type: "Server", qps: 500, burst: 1000 },
    { type: "Namespace", qps: 50, burst: 100, cacheSize: 2000 },
  ],
};

describe.each([
  ["static pods", {}],
  ["units", { runtime: Runtime.systemd(), nodes: [host(1)] }],
])("the configuration of plugins with %s", (_, props) => {
  test("is one file, which a flag names", () => {
    const expected = configured({ ...props, admission: ALL });
    expected.toHaveFlag(
      "kube-apiserver",
      "admission-control-config-file",
      FILE,
    );
    expected.toHaveFlag(
      "kube-apiserver",
      ENABLE,
      "NodeRestriction,EventRateLimit",
    );
    expected.toHaveFile(FILE, {
      apiVersion: "apiserver.config.k8s.io/v1",
      kind: "AdmissionConfiguration",
      plugins: [
        {
          name: "PodSecurity",
          configuration: {
            apiVersion: "pod-security.admission.config.k8s.io/v1",
            kind: "PodSecurityConfiguration",
            defaults: {
              enforce: "baseline",
              "enforce-version": "latest",
              audit: "privileged",
              "audit-version": "latest",
              warn: "restricted",
              "warn-version": "v1.36",
            },
            exemptions: {
              usernames: [],
              namespaces: ["kube-system"],
              runtimeClasses: [],
            },
          },
        },
        {
          name: "EventRateLimit",
          configuration: {
            apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
            kind: "Configuration",
            limits: [
              { type: "Server", qps: 500, burst: 1000 },
              { type: "Namespace", qps: 50, burst: 100, cacheSize: 2000 },
            ],
          },
        },
      ],
    });
  });
});

test("a local control plane has them, too", () => {
  const artefacts = artefactsOf((stack) => {
    new LocalControlPlane(stack, "local", {
      kubernetesVersion: "1.36.3",
      admission: ALL,
    });
  });
  const root = "nodes/local/root/etc/kubernetes";
  expect(
    yamlOf(artefacts.get(`${root}/processes/kube-apiserver.yaml`)!).command,
  ).toContain(
    "--admission-control-config-file=etc/kubernetes/kube-apiserver/admission.yaml",
  );
});

test("the plugins follow the version", () => {
  expect(admissionPlugins(34)).not.toContain("PodResizeValidator");
  expect(admissionPlugins(36)).toContain("JobValidation");
  expect(admissionPlugins(37)).not.toContain("JobValidation");
});

test.each<[string, Partial<ControlPlaneProps>, ...string[]]>([
  [
    "a plugin with a typing error",
    { admission: { add: ["AlwaysPullImage"] } },
    'admission.add has "AlwaysPullImage"',
    "Did you mean AlwaysPullImages?",
  ],
  [
    "a plugin of another version",
    { kubernetesVersion: "1.34.4", admission: { remove: ["JobValidation"] } },
    "not an admission plugin of Kubernetes v1.34.4",
  ],
  [
    "a plugin that is added and removed",
    { admission: { add: ["Priority"], remove: ["Priority"] } },
    "adds and removes the plugin Priority",
  ],
  [
    "a configuration of a plugin that is removed",
    { admission: { podSecurity: {}, remove: ["PodSecurity"] } },
    "Leave it out of remove",
  ],
  [
    "plugins in a flag, too",
    {
      admission: { add: ["AlwaysPullImages"] },
      apiServer: { extraArgs: { [ENABLE]: "NodeRestriction" } },
    },
    `admission and apiServer.extraArgs["${ENABLE}"]`,
  ],
  [
    "a configuration in a flag, too",
    {
      admission: { podSecurity: {} },
      apiServer: { extraArgs: { "admission-control-config-file": "/a" } },
    },
    "name a file each",
  ],
  [
    "a version that is none",
    { admission: { podSecurity: { enforceVersion: "1.36" } } },
    'admission.podSecurity.enforceVersion is "1.36"',
  ],
  [
    "a name that is none",
    { admission: { podSecurity: { exemptNamespaces: ["Kube_System"] } } },
    'exemptNamespaces[0] is "Kube_System"',
  ],
  [
    "a name twice",
    { admission: { podSecurity: { exemptUsernames: ["a", "a"] } } },
    'has "a" twice',
  ],
  [
    "no limit",
    { admission: { eventRateLimit: [] } },
    "admission.eventRateLimit is an empty list",
  ],
  [
    "a limit of nothing",
    { admission: { eventRateLimit: [{ type: "User", qps: 0, burst: 1 }] } },
    "admission.eventRateLimit[0].qps is 0",
  ],
  [
    "a level that does not exist",
    {
      admission: {
        podSecurity: { enforce: "strict" },
      } as unknown as AdmissionProps,
    },
    "admission.podSecurity.enforce",
    '"restricted"',
  ],
])("fails when there is %s", (_, props, ...parts) => {
  expectHelpful(
    messageOf(() => newControlPlane(props)),
    ...parts,
  );
});
