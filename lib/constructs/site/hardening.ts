import {
  CIS_ROWS,
  CIS_SUITES,
  type HardeningRow,
} from "../../catalog/hardening/cis";
import type { ExtraArgs, Site } from "../../catalog/site";
import { Audit, auditSettings } from "./audit";
import { AUTHENTICATION_FLAGS, authenticationSettings } from "./authentication";
import type { ClusterProps } from "./cluster-props";
import type { Settings } from "./settings";
import { tlsSettings } from "./tls";

/** How far a cluster goes beyond what kubeadm does to protect it. */
export class Hardening {
  /** As kubeadm sets up a cluster. */
  static none(): Hardening {
    return new Hardening(undefined);
  }

  /**
   * Sets what the CIS benchmark for Kubernetes checks, sections 1 to 4, below your own flags and fields: these win, and
   * synthesis warns of each check that then fails. The page on hardening lists what it sets, and the checks that are left
   * to you.
   * @see https://www.cisecurity.org/benchmark/kubernetes
   */
  static cis(): Hardening {
    return new Hardening("cis");
  }

  private constructor(
    /** @internal */
    readonly level: Site["hardening"],
  ) {}
}

/** What hardening sets. Everything else that is set for the cluster wins. */
export function hardeningSettings(
  site: Site,
  { audit, authentication, tls }: ClusterProps,
): Settings[] {
  const rows = CIS_ROWS.filter((row) => row.unless?.(site) === undefined);
  const ciphersMatter =
    tls?.cipherSuites === undefined && tls?.minVersion !== "VersionTLS13";
  return [
    {
      prop: "hardening",
      yields: true,
      flags: flagsOf(site, rows),
      kubelet: Object.fromEntries(
        rows.flatMap(({ field }) =>
          field ? [[field.name, field.value(site)]] : [],
        ),
      ),
    },
    ...(ciphersMatter ? [tlsSettings(site, { cipherSuites: CIS_SUITES })] : []),
    ...(audit || has(site, AUDIT_FILES)
      ? []
      : [auditSettings(site, Audit.preset("recommended"))]),
    ...(authentication !== undefined || has(site, AUTHENTICATION_FLAGS)
      ? []
      : [
          {
            ...authenticationSettings(site, {}),
            prop: "hardening",
          },
        ]),
  ];
}

function flagsOf(
  site: Site,
  rows: readonly HardeningRow[],
): Record<string, ExtraArgs> {
  const flags: Record<string, Record<string, string>> = {};
  for (const { flag } of rows)
    if (flag)
      flags[flag.component] = {
        ...flags[flag.component],
        [flag.name]: flag.value(site),
      };
  return flags;
}

/** The flags with which a user records requests by hand. */
const AUDIT_FILES = /^audit-(?:policy-file|log-path|webhook-config-file)$/;
const has = ({ apiServer }: Site, flags: RegExp): boolean =>
  Object.keys(apiServer.extraArgs).some((flag) => flags.test(flag));
