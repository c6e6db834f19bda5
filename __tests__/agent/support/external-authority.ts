import { checkSignatures } from "../../../lib/store/signatures";
import { rmSync } from "node:fs";
import { APISERVER, authority, certificate, kubeconfig } from "./artefacts";
import { openssl, temporaryFile } from "./openssl";
import { Workplace } from "./workplace";

const EXTERNAL = {
  issuer: { certificate: "pki/ca.crt" },
  inputs: ["pki/ca.crt"],
};
export const apiserver = (...spec: Parameters<typeof certificate>) =>
  certificate(spec[0], { ...EXTERNAL, ...spec[1] });
export const admin = (...spec: Parameters<typeof kubeconfig>) =>
  kubeconfig(spec[0], { ...EXTERNAL, ...spec[1] });
export const PENDING = {
  apiserver: `pending/${APISERVER}`,
  admin: "pending/kubeconfigs/admin.conf",
};

/** A store with the certificate of an external CA. */
export async function externalAuthority(): Promise<{
  place: Workplace;
  sign: (pending: string, ...extra: string[]) => void;
}> {
  const place = new Workplace();
  await place.batch([authority()], { batch: "ca" });
  const keyFile = temporaryFile(place.read("pki/ca.key"));
  rmSync(place.path("pki/ca.key"));
  const sign = (pending: string, ...extra: string[]): void => {
    openssl(
      "x509",
      "-req",
      "-in",
      place.path(`${pending}.csr`),
      "-CA",
      place.path("pki/ca.crt"),
      "-CAkey",
      keyFile,
      "-days",
      "90",
      "-copy_extensions",
      "copyall",
      "-out",
      place.path(`${pending}.crt`),
      ...extra,
    );
  };
  return { place, sign };
}

/** What the last step says of certificates that wait for a signature. */
export function complaint(place: Workplace): string {
  try {
    checkSignatures(place.store);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
