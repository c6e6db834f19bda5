import type { EncryptionTarget } from "../../catalog/encryption";
import { type AgentError, lines } from "../../base/errors";
import { visibleLines } from "../../base/visible";
import { NodeFailed } from "../health/errors";

/** @param known how values are encrypted now, or are about to be */
export function encryptionLeftProgram({
  provider,
  generation,
}: EncryptionTarget): AgentError {
  const off = provider === "identity" ? generation : generation + 1;
  return lines(
    "Values in etcd are encrypted, and the program has no `encryption` any more: API servers without it could not read them.",
    `Nothing was changed on the nodes. Write \`encryption: Encryption.identity({ resources: […], generation: ${off} })\` with the same resources, deploy, which decrypts them, and remove \`encryption\` afterwards.`,
  );
}

export const etcdNotHealthy = () =>
  lines(
    "No etcd member is healthy, so nothing proves which keys are still needed. All of them stay in use.",
    "Run `cdktf-control-plane etcd status`, mend what it names, and deploy again: the rollout continues from there.",
  );

/** @param prefixes what the values begin with, and an example of each */
export const unknownEncryptionKeys = (
  prefixes: readonly (readonly [string, string])[],
  folder: string,
) =>
  lines(
    "etcd has values that no key of the store can decrypt, so API servers could not read them after this deploy:",
    ...prefixes.map(([prefix, key]) => `- ${key} begins with ${prefix}`),
    `Nothing was changed on the nodes. Restore the missing key into ${folder} from a backup. If the values are encrypted with a configuration of your own, first decrypt them with it: put identity first in its list of providers, and write all values again.`,
  );

/** @param key the file of the store */
export const otherEncryptionKey = (node: string, file: string, key: string) =>
  lines(
    `${file} on ${node} has another key than ${key}, of the same name. It may be the only copy of the key with which values in etcd are encrypted, and this deploy would replace it.`,
    `Nothing was changed on the nodes. Restore the key from a backup of the store. If there is none, save ${file} first, and then write its key into the store: \`base64 --decode\` of the secret with that name is the content of ${key}.`,
  );

export const encryptionNeedsAll = (nodes: readonly string[]) =>
  lines(
    `${nodes.join(", ")}: not reached, and every API server has to read what the next key encrypts before any of them uses it.`,
    "Start these machines, or remove these nodes from the program, then deploy again.",
  );

export const encryptionWhileLeaving = (nodes: readonly string[]) =>
  lines(
    `${nodes.join(", ")}: leaving the cluster, which cannot happen in the same deploy as a change of encryption: an API server there would go on with what it knows.`,
    "Remove the nodes in a deploy of its own, before the change of encryption or after it.",
  );

export const missingConfiguration = (node: string) =>
  lines(
    `The EncryptionConfiguration in the tree of ${node} in the store does not say what the program says.`,
    "Delete it from the tree, nodes/<node>/root in the store, and deploy again: it is made again.",
  );

/** @param seconds how long was waited */
export const configurationNotUsed = (node: string, seconds: number) =>
  new NodeFailed(
    node,
    visibleLines([
      `${node}: its API server does not use its new EncryptionConfiguration after ${seconds} s. Its log says why, in lines with "encryption config". It goes on with the one that it had. Remove the cause and deploy again: the rollout continues from there.`,
    ]),
  );

/** @param examples keys of etcd */
export const valuesNotRewritten = (
  count: number,
  examples: readonly string[],
) =>
  lines(
    `${count} values in etcd are still as they were before: ${examples.join(", ")}. All API servers can read them, and the earlier keys stay in use.`,
    "Something keeps them from being written, such as a webhook that refuses them, or an object that a newer Kubernetes finds invalid. Write one of them by hand to see the reason (`kubectl get … -o yaml | kubectl replace -f -`), and deploy again: the rollout continues from there.",
  );

export const objectNotWritten = (key: string, said: string) =>
  lines(
    `${key}, an object in etcd, cannot be written again: ${said}.`,
    "All API servers can read it, and the earlier keys stay in use. Remove the cause and deploy again: the rollout continues from there.",
  );
