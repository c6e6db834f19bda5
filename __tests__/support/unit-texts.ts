import { type ControlPlaneProps, Runtime } from "../../lib";
import { cluster } from "./cluster";
import { artefactsOf } from "./synthesized";

export const BINARIES = "/usr/local/k8s/bin";
export const systemd = (props = {}) =>
  Runtime.systemd({ binaryDirectory: BINARIES, ...props });

/** The text that Terraform makes from a template without expressions. */
const asTerraformReads = (text: string): string =>
  text.replace(/([$%])\1\{/g, "$1{");

/** The units of a single-node cluster, by their paths on the node. */
export function unitsOf(
  props: Partial<ControlPlaneProps>,
): Map<string, string> {
  const artefacts = artefactsOf(cluster({ runtime: systemd(), ...props }));
  return new Map(
    [...artefacts].flatMap(([path, { spec }]): [string, string][] => {
      const found = /^nodes\/cp-1\/root(\/etc\/systemd\/.*)$/.exec(path);
      return found ? [[found[1], asTerraformReads(spec)]] : [];
    }),
  );
}

export const unitPath = (id: string) => `/etc/systemd/system/${id}.service`;
