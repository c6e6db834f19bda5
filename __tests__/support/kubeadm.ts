import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A configuration and the files and objects that kubeadm makes from it, recorded by `collect.py`. */
export interface KubeadmCase {
  readonly version: string;
  readonly name: string;
  readonly config: string;
  readonly manifests: Readonly<Record<string, Json>>;
  readonly certificates: Readonly<Record<string, KubeadmCertificate>>;
  readonly kubeconfigs: Readonly<Record<string, Json>>;
  readonly kubelet: {
    readonly config: Json;
    readonly instanceConfig?: Json;
    readonly flags: string;
  };
  readonly objects: readonly Json[];
}

export interface KubeadmCertificate {
  readonly days: number;
  readonly extensions: {
    readonly keyUsage: { readonly value: readonly string[] };
    readonly extendedKeyUsage?: { readonly value: readonly string[] };
    readonly subjectAltName?: {
      readonly dns: readonly string[];
      readonly ip: readonly string[];
    };
  };
  readonly issuer: Name;
  readonly key: string;
  readonly subject: Name;
}

export interface Name {
  readonly commonName: readonly string[];
  readonly organizationName?: readonly string[];
}

export type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

const DIRECTORY = join(__dirname, "..", "kubeadm");

export const KUBEADM_CASES: readonly KubeadmCase[] = readdirSync(DIRECTORY)
  .filter((version) => version.startsWith("v1."))
  .flatMap((version) =>
    readdirSync(join(DIRECTORY, version))
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => {
        const name = file.replace(".yaml", "");
        const read = (extension: string): string =>
          readFileSync(join(DIRECTORY, version, name + extension), "utf8");
        return {
          version,
          name,
          config: read(".yaml"),
          ...(JSON.parse(read(".json")) as Omit<
            KubeadmCase,
            "version" | "name" | "config"
          >),
        };
      }),
  );

/** Removes empty values. `zeros` and `falsehoods` say whether zeros and `false` count as empty. */
export function withoutEmptyValues(
  value: unknown,
  zeros = false,
  falsehoods = false,
): unknown {
  if (Array.isArray(value))
    return value.map((each) => withoutEmptyValues(each, zeros, falsehoods));
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).map(
    ([key, each]) =>
      [key, withoutEmptyValues(each, zeros, falsehoods)] as const,
  );
  return Object.fromEntries(
    pairs.filter(([, each]) => !isEmpty(each, zeros, falsehoods)),
  );
}

function isEmpty(value: unknown, zeros: boolean, falsehoods: boolean): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (zeros && (value === 0 || value === "0" || value === "0s")) return true;
  if (falsehoods && value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
