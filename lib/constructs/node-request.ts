import { statSync } from "node:fs";
import type { Construct } from "constructs";
import type { NodeFacts } from "../render/node-request";
import type { NodeRequest } from "../terraform/rollout";
import { fromStack } from "../terraform/store";
import { hasToken } from "../terraform/template";
import type { ImagesProps } from "./cluster-props";
import { sourceMissing } from "./errors";
import { NodeAccess } from "./node-access";
import { invalidMaxUnavailable, kubeletHealthOff } from "./node-errors";
import type { MachineProps } from "./node-props";

/** What a rollout is told of a node. */
export function nodeRequest(
  scope: Construct,
  facts: NodeFacts,
  machine: MachineProps,
  { archives = [] }: ImagesProps = {},
): NodeRequest {
  const { access = NodeAccess.directory(), machineId, retire } = machine;
  if (
    access.isHosted &&
    facts.components.some(({ health }) => health?.port === 0)
  )
    throw kubeletHealthOff(machine.name);
  return {
    ...facts,
    access: access.request(scope),
    ...(machineId !== undefined && { machineId }),
    ...(retire && { retire }),
    imageArchives: archives.map((archive) => archivePath(scope, archive)),
  };
}

function archivePath(scope: Construct, archive: string): string {
  if (hasToken(archive)) return archive;
  if (!statSync(archive, { throwIfNoEntry: false })?.isFile())
    throw sourceMissing(archive);
  return fromStack(scope, archive);
}

/** @param where `the control plane` */
export function maxUnavailableOf(given: number | undefined, where: string) {
  const number = given ?? 1;
  if (!Number.isInteger(number) || number < 1)
    throw invalidMaxUnavailable(where, number);
  return number;
}
