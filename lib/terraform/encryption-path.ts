import {
  encryptionKeyPath,
  type EncryptionTarget,
} from "../catalog/encryption";
import { code, type Expression, quote } from "./expression";
import { inventoryOf } from "./recorded";
import type { Store } from "./store";

const PLACE = "encryption.generation";

/**
 * A condition that fails a plan whose generation of encryption does not follow the one of the cluster, according to its
 * store: a key that is skipped or given up would leave values that nobody can read.
 */
export function encryptionPath(
  store: Store,
  { generation, provider }: Pick<EncryptionTarget, "generation" | "provider">,
) {
  const key = quote(store.pathOf(encryptionKeyPath(generation)));
  const known = code`try([for i in [${inventoryOf(store)}] : [for e in [try(i.encrypting, i.encryption)] : { generation = e.generation, provider = e.provider, begun = can(i.encrypting.generation) }][0]], [])`;
  const rules: readonly (readonly [Expression, string, Expression])[] = [
    [
      code`${generation} < known.generation`,
      `${PLACE} is ${generation}, but the cluster has %s already. Allowed is the present number, or the next one. Write %s, or %s for another key or another provider.`,
      code`known.generation, known.generation, known.generation + 1`,
    ],
    [
      code`${generation} > known.generation + 1`,
      `${PLACE} is ${generation}, but the cluster has %s. Allowed is the present number, or the next one. Write %s, deploy, and go on from there.`,
      code`known.generation, known.generation + 1`,
    ],
    [
      code`${generation} > known.generation && known.begun`,
      `${PLACE} is ${generation}, but a deploy to %s has begun and is not done. Allowed is that number. Write %s, and deploy until it is done.`,
      code`known.generation, known.generation`,
    ],
    [
      code`${generation} == known.generation && ${quote(provider)} != known.provider`,
      `encryption uses ${provider}, but the key of generation ${generation} is one of %s. Allowed is another provider with another key. Write the generation %s.`,
      code`known.provider, known.generation + 1`,
    ],
  ];
  const found = rules.map(
    ([applies, text, values]) =>
      code`[for text in [format(${quote(text)}, ${values})] : text if ${applies}]`,
  );
  const first = quote(
    `${PLACE} is ${generation}, and nothing is encrypted with an earlier key. A cluster begins with 1. Write 1.`,
  );
  // Without its inventory, the store still has the keys.
  const begins = code`[for text in [${first}] : text if length(known) == 0 && ${generation} != 1 && !try(fileexists(${key}), false)]`;
  const messages = code`flatten([for known in [${known}] : concat(${begins}, [for known in known : concat(${found}...)]...)])`;
  return {
    condition: code`length(${messages}) == 0`.toString(),
    errorMessage:
      code`join("", slice(concat(${messages}, [""]), 0, 1))`.toString(),
  };
}
