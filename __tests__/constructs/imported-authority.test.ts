import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  Endpoint,
  Store,
} from "../../lib";
import { clusterProps } from "../support/cluster";
import { artefactsOf, yamlOf } from "../support/synthesized";

const folder = mkdtempSync(join(tmpdir(), "imported-authority-"));
const file = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, name);
  return path;
};
const [CRT, KEY] = [file("ca.crt"), file("ca.key")];
const PKI = "nodes/cp-1/root/etc/kubernetes/pki";

type ImportedProps = { trustChain?: boolean; key?: string };

/** The artefacts of a cluster with an imported CA, or with a CA made here. */
const artefactsWith = (
  imported: ImportedProps | undefined,
  props: Partial<ControlPlaneProps> = {},
) =>
  artefactsOf((stack) => {
    const store = new Store(stack, "store", { directory: "clusters/test" });
    const files = { store, certificate: CRT, ...imported };
    const own = imported && {
      certificateAuthority: files.key
        ? CertificateAuthority.fromFiles(stack, "ca", {
            ...files,
            key: files.key,
          })
        : CertificateAuthority.external(stack, "ca", files),
    };
    const cluster = new ControlPlane(stack, "cluster", {
      ...clusterProps(props),
      store,
      ...own,
    });
    if (props.endpoint)
      cluster.addWorkers("pool", {
        nodes: [{ name: "worker-1", address: "10.0.0.21" }],
      });
  });

type Artefacts = ReturnType<typeof artefactsWith>;

const flag = (artefacts: Artefacts, component: string, name: string) => {
  const manifest = artefacts.get(
    `nodes/cp-1/root/etc/kubernetes/manifests/${component}.yaml`,
  );
  const [container] = (
    yamlOf(manifest!) as {
      spec: { containers: { command: string[] }[] };
    }
  ).spec.containers;
  const line = container.command.find((each) => each.startsWith(`--${name}=`));
  return line?.split("=")[1];
};

describe("an imported CA", () => {
  const artefacts = artefactsWith({ key: KEY });

  test("is trusted by the cluster and signs for it, with a file that contains only its certificate", () => {
    for (const [component, name] of [
      ["kube-apiserver", "client-ca-file"],
      ["kube-controller-manager", "client-ca-file"],
      ["kube-controller-manager", "root-ca-file"],
      ["kube-controller-manager", "cluster-signing-cert-file"],
    ])
      expect(flag(artefacts, component, name)).toBe(
        "/etc/kubernetes/pki/ca.crt",
      );
    expect(artefacts.get(`${PKI}/ca.crt`)?.spec).toBe(
      "copy of pki/ca.crt\ncopy of pki/ca.key",
    );
    expect([...artefacts.keys()]).not.toContain(`${PKI}/ca-issuer.crt`);
    expect([...artefacts.keys()]).not.toContain(`${PKI}/ca-chain.crt`);
  });

  test("shows in a plan that no CA above it is trusted", () => {
    expect(artefacts.get("pki/ca.crt")?.spec).toContain("trustChain: false");
  });
});

describe("a CA whose chain is trusted", () => {
  test("signs with a separate file, and all components trust the chain", () => {
    const artefacts = artefactsWith({ key: KEY, trustChain: true });
    expect(
      flag(artefacts, "kube-controller-manager", "cluster-signing-cert-file"),
    ).toBe("/etc/kubernetes/pki/ca-issuer.crt");
    expect(
      flag(artefacts, "kube-controller-manager", "cluster-signing-key-file"),
    ).toBe("/etc/kubernetes/pki/ca.key");
    expect(artefacts.get(`${PKI}/ca-issuer.crt`)?.spec).toBe(
      "issuer of pki/ca.crt",
    );
    expect(flag(artefacts, "kube-apiserver", "client-ca-file")).toBe(
      "/etc/kubernetes/pki/ca.crt",
    );
    expect(artefacts.get("pki/ca.crt")?.spec).toContain("trustChain: true");
  });

  test("signs nothing if its key is elsewhere", () => {
    const artefacts = artefactsWith({ trustChain: true });
    expect(
      flag(artefacts, "kube-controller-manager", "cluster-signing-cert-file"),
    ).toBe("");
    expect([...artefacts.keys()]).not.toContain(`${PKI}/ca-issuer.crt`);
  });
});

describe("haproxy, which trusts a CA only together with its root,", () => {
  const proxied = { endpoint: Endpoint.localProxy() };
  const file = (artefacts: Artefacts, node: string) => {
    const [, spec] =
      [...artefacts].find(
        ([path]) =>
          path.startsWith(`nodes/${node}/root`) && path.endsWith("haproxy.cfg"),
      ) ?? [];
    return /ca-file (\S+)/.exec(spec?.spec ?? "")?.[1];
  };

  test.each(["cp-1", "worker-1"])("gets the whole chain on %s", (node) => {
    const artefacts = artefactsWith({ key: KEY }, proxied);
    expect(file(artefacts, node)).toBe("/etc/kubernetes/pki/ca-chain.crt");
    expect(
      artefacts.get(`nodes/${node}/root/etc/kubernetes/pki/ca-chain.crt`)?.spec,
    ).toBe("chain of pki/ca.crt");
  });

  test("reads the common file if the chain is trusted", () => {
    const artefacts = artefactsWith({ key: KEY, trustChain: true }, proxied);
    expect(file(artefacts, "cp-1")).toBe("/etc/kubernetes/pki/ca.crt");
  });

  test("reads the common file if the CA is made here", () => {
    const artefacts = artefactsWith(undefined, proxied);
    expect(file(artefacts, "cp-1")).toBe("/etc/kubernetes/pki/ca.crt");
    expect([...artefacts.keys()].join()).not.toMatch(/ca-(chain|issuer)/);
  });
});
