import { type ControlPlaneProps, Runtime } from "../../lib";
import { cluster } from "./cluster";
import { artefactsOf } from "./synthesized";

export const BINARIES = "/usr/local/k8s/bin";
export const systemd = (props = {}) =>
  Runtime.systemd({ binaryDirectory: BINARIES, ...props });

/** A template without expressions. */
const asTerraformReads = (text: string): string =>
  text.replace(/([$%])\1\{/g, "$1{");

/** The units of the one node, by their paths on it. */
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
