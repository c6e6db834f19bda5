import {
  AUTHORITIES,
  inGeneration,
  type KeyGeneration,
  type KeyGenerations,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../catalog/authorities";
import { code, type Expression, quote } from "./expression";
import { inventoryOf, IS_SET_UP } from "./recorded";
import type { Store } from "./store";
import { textTemplate } from "./template";

const FIRST: KeyGeneration = { number: 1, trustsPrevious: false };

/**
 * What a plan must not do with the generations of a key. It is an expression with the variables `key`, `want` (what the
 * program says), `was` (what is recorded), `names` (the nodes that have an earlier generation) and `isSetUp`.
 */
interface Rule {
  readonly when: Expression;
  /** The text behind the name of the key. */
  readonly text: string;
  /** The values that `format` inserts into the text. */
  readonly values: Expression;
}

const GOES_BACK: Rule = {
  when: code`was.number > want.number || try(fileexists(want.next), false)`,
  text: "generation %d was made, and this plan asks for %d: what the newer one signed would be refused. Keep generation: %d in keys, also when the rotation is over.",
  values: code`max(was.number, want.number + 1), want.number, max(was.number, want.number + 1)`,
};

const RULES: readonly Rule[] = [
  GOES_BACK,
  {
    when: code`isSetUp && want.number > was.number + 1`,
    text: "the cluster has generation %d, and this plan would jump to %d. Set keys: { %s: { generation: %d } }.",
    values: code`was.number, want.number, key, was.number + 1`,
  },
  {
    when: code`isSetUp && want.number == was.number + 1 && was.trustsPrevious`,
    text: "generation %d is still trusted, and this plan would begin the next rotation, to %d. End the first one with keys: { %s: { generation: %d, trustPrevious: false } }, and deploy.",
    values: code`was.number - 1, want.number, key, was.number`,
  },
  {
    when: code`isSetUp && want.number > 1 && !want.trustsPrevious && length(names) > 0`,
    text: "generation %d would not be trusted any more, but nothing newer is recorded of %s. Deploy with keys: { %s: { generation: %d } } until that succeeds. Remove nodes whose machines are gone from the program.",
    values: code`want.number - 1, join(", ", names), key, want.number`,
  },
  {
    when: code`isSetUp && want.number == was.number && want.trustsPrevious && !was.trustsPrevious`,
    text: "generation %d is not trusted any more, and this plan would trust it again. Set keys: { %s: { generation: %d, trustPrevious: false } }.",
    values: code`want.number - 1, key, want.number`,
  },
];

/**
 * A condition that fails a plan if a generation of the cluster's keys would go back, jump, begin before the rotation
 * before it has ended, or lose the trust in its predecessor too early. For each key, the first rule that applies is said.
 */
export function generationsKept(store: Store, wanted?: KeyGenerations) {
  const rows = [...AUTHORITIES, SERVICE_ACCOUNT_KEY_PAIR];
  const want = rows.map(({ key, path }) => {
    const { number, trustsPrevious } = wanted?.[key] ?? FIRST;
    const next = store.pathOf(`pki/${inGeneration(path, number + 1)}.key`);
    return code`${key} = { number = ${number}, trustsPrevious = ${trustsPrevious}, next = ${quote(next)} }`.text();
  });
  // Without a later generation in the program, the others cannot apply.
  const rules = (wanted ? RULES : [GOES_BACK]).map(
    ({ when, text, values }) =>
      code`[for text in [format(${quote(`- %s: ${text}`)}, key, ${values})] : text if ${when}]`,
  );
  const was = code`try(inventory.generations[key], { number = 1, trustsPrevious = false })`;
  const number = code`(try(node.access.kind, "") == "directory" ? was.number : try(node.generations[key], 1))`;
  const names = code`[for name, node in nodes : name if ${number} < want.number]`;
  const first = code`slice(concat(concat(${rules}...), [""]), 0, 1)`;
  const all = code`[for key, want in { ${want.join(", ")} } : [for was in [${was}] : [for names in [${names}] : ${first}]]]`;
  const nodes = code`{ for name, node in try(inventory.nodes, {}) : name => node if try(${IS_SET_UP}, false) }`;
  const messages = code`compact(flatten([for inventory in [try(${inventoryOf(store)}, {})] : [for nodes in [${nodes}] : [for isSetUp in [length(nodes) > 0] : ${all}]]]))`;
  return {
    condition: code`length(${messages}) == 0`.toString(),
    errorMessage:
      textTemplate(
        "This plan would break the trust between the parts of the cluster.\n",
      ) + code`join("\\n", ${messages})`.toString(),
  };
}
