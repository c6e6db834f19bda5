import { type ControlPlaneProps, KeyAlgorithm } from "../../../lib";
import type { Deployment } from "../../support/terraform";
import { makeAuthority } from "./authority";
import { LONG } from "./deliberate";
import type { Node } from "./store";

export const STORE = "clusters/linted";

export const V4: Node = {
  name: "cp-1",
  address: "10.0.0.11",
  service: "10.96.0.1",
};
const V6: Node = { name: LONG, address: "fd00::11", service: "fd00:10:96::1" };

export interface Case {
  readonly props?: Partial<ControlPlaneProps>;
  readonly node?: Node;
  /** Runs before the first apply. */
  readonly prepare?: (deployment: Deployment) => void;
  /** Whether the program uses the prepared files as the only CA. */
  readonly own?: boolean;
}

export const CASES: Readonly<Record<string, Case>> = {
  "RSA, kubeadm's default": {},
  "P-256 on IPv6, with a node's name of 63 characters": {
    node: V6,
    props: {
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      serviceSubnet: "fd00:10:96::/112",
      podSubnet: "fd00:10:244::/56",
    },
  },
  "a CA of the user's with RSA 3072": {
    own: true,
    prepare: (deployment) =>
      makeAuthority(deployment, "/O=Acme/CN=Acme Kubernetes", ["rsa:3072"]),
  },
  "a CA of the user's with P-384": {
    own: true,
    props: { keyAlgorithm: KeyAlgorithm.ECDSA_P384 },
    prepare: (deployment) =>
      makeAuthority(deployment, "/CN=acme-kubernetes", [
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-384",
      ]),
  },
  "a CA that OpenSSL made and the user put into the store, with UTF8String and more parts of a name":
    {
      props: { keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
      prepare: (deployment) =>
        makeAuthority(
          deployment,
          "/C=DE/ST=Sachsen/L=Görlitz/OU=Müller & Söhne/CN=kubernetes",
          ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
          `${STORE}/pki`,
        ),
    },
};
