import { inspect } from "../../../lib/cli/report/inspect";
import type { InspectedStore } from "../../../lib/cli/report/inspected";
import { EMBEDDED_CLIENT_CERTIFICATE } from "../../../lib/render/kubeconfig";
import {
  authority,
  certificate,
  certificateSpec,
  copy,
  kubeconfig,
  referring,
} from "../../agent/support/artefacts";
import { Workplace } from "../../agent/support/workplace";

export const NOW = new Date("2026-06-01T12:00:00Z");
export const later = (days: number): Date =>
  new Date(NOW.getTime() + days * 86_400_000);

export const kubelet = kubeconfig("https://10.0.0.1:6443", {
  purpose: "kubeconfig of kubelet on cp-1",
  files: "nodes/cp-1/root/etc/kubernetes/kubelet.conf 0600",
  ...referring({
    clientCertificate: certificateSpec({
      subject: {
        commonName: "system:node:cp-1",
        organizations: ["system:nodes"],
      },
      names: undefined,
      usages: ["clientAuth"],
      validity: "4380h",
    }),
    config: { users: [{ user: EMBEDDED_CLIENT_CERTIFICATE }] },
  }),
});
const all = [
  authority(),
  certificate({}, { renewBefore: "720h" }),
  kubeconfig(),
  copy("pki/ca.crt", "nodes/cp-1/root/etc/kubernetes/pki/ca.crt"),
  kubelet,
];

export async function madeStore(): Promise<Workplace> {
  const place = new Workplace();
  await place.batch(all, { now: NOW });
  return place;
}

export const textAt = (place: Workplace, now = NOW) =>
  inspect([place.store.directory], { json: false, now });

export function jsonAt(
  place: Workplace,
  now = NOW,
): InspectedStore & { exitCode: number } {
  const { text, exitCode } = inspect([place.store.directory], {
    json: true,
    now,
  });
  const parsed = JSON.parse(text) as {
    stores: InspectedStore[];
    exitCode: number;
  };
  expect(parsed.exitCode).toBe(exitCode);
  return { ...parsed.stores[0], exitCode };
}

export const problemsAt = (place: Workplace, now = NOW) => {
  const { certificates, problems, exitCode } = jsonAt(place, now);
  const wrong = certificates.filter(({ state }) => state !== "fine");
  return {
    exitCode,
    reasons: [
      ...wrong.map(
        ({ purpose, state, reason }) => `${state}: ${purpose}: ${reason}`,
      ),
      ...problems.map(({ file, reason }) => `${file}: ${reason}`),
    ],
  };
};
