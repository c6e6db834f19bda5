import { Token } from "cdktf";
import { didYouMean } from "../catalog/similar-name";
import { InputError } from "./input-error";
import { FACTORIES } from "./table";
import { type PropType, propsOf } from "./types";

const show = (value: unknown): string =>
  Token.isUnresolved(value)
    ? "(a token, known only at apply)"
    : typeof value === "string"
      ? JSON.stringify(value)
      : String(value);

/**
 * @param owner what the props are given to: `ControlPlane "prod"`
 * @param elsewhere where else there is a prop of this name
 */
export function unknownProp(
  owner: string,
  at: string,
  key: string,
  known: readonly string[],
  elsewhere: readonly string[],
) {
  const [first] = elsewhere;
  const there =
    first &&
    (/[.[]/.test(first)
      ? `Did you mean ${elsewhere.join(" or ")}?`
      : `Did you mean ${first} of ${owner} itself?`);
  return new InputError(
    `${at === "" ? owner : `${owner}: ${at}`} has no prop ${show(key)}.`,
    `Allowed are ${known.join(", ")}.`,
    didYouMean(key, known) ?? there ?? "Remove it, or write one of these.",
    at === "" ? key : `${at}.${key}`,
  );
}

export const missingProp = (owner: string, at: string, type: PropType) =>
  new InputError(
    `${owner}: ${at} is missing.`,
    `It takes ${phrase(type)}.`,
    `Add ${at}.`,
    at,
  );

export function wrongProp(
  owner: string,
  at: string,
  value: unknown,
  type: PropType,
) {
  return new InputError(
    `${owner}: ${at || "what is given as props"} is ${given(value)}.`,
    `It takes ${phrase(type)}.`,
    remedy(value, type),
    at || undefined,
  );
}

function given(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return objectWords(value);
  if (typeof value === "function") return "a function";
  return `the ${typeof value} ${show(value)}`;
}

function objectWords(value: object): string {
  const { name } = value.constructor ?? {};
  return name && name !== "Object" ? `a ${name}` : "an object";
}

function remedy(value: unknown, type: PropType): string {
  const types = type.of === "union" ? type.types : [type];
  const takes = (of: PropType["of"]) => types.some((each) => each.of === of);
  if (value === null) return "Leave it out if you have no value for it.";
  if (takes("string") && ["number", "boolean"].includes(typeof value))
    return `Write ${JSON.stringify(String(value))}.`;
  const isNumber = typeof value === "string" && /^-?\d+$/.test(value);
  const isBoolean = value === "true" || value === "false";
  if ((takes("number") && isNumber) || (takes("boolean") && isBoolean))
    return `Write ${value}, without quotes.`;
  if (takes("list") && !Array.isArray(value))
    return "Write a list in brackets: [ … ].";
  if (takes("literal")) {
    const values = types.flatMap((each) =>
      each.of === "literal" ? [each.value] : [],
    );
    const meant =
      typeof value === "string" ? didYouMean(value, values, show) : undefined;
    return meant ?? "Write one of these.";
  }
  const all = types.flatMap((each) =>
    each.of === "class" ? factoriesOf(each.name) : [],
  );
  // A method rather than Duration.ZERO, which is rarely meant.
  const made = all.find((each) => each.endsWith(")")) ?? all[0];
  return made === undefined ? "Correct it." : `Write ${made}, for example.`;
}

/** `a string, true or false, or Duration.days(…)` */
function phrase(type: PropType): string {
  switch (type.of) {
    case "any":
      return "any value";
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    case "literal":
      return JSON.stringify(type.value);
    case "interface":
      return `a ${type.name.slice(1)}`;
    case "list":
      return isScalar(type.items)
        ? `a list of ${type.items.of}s`
        : `a list, each item ${phrase(type.items)}`;
    case "map":
      return type.items.of === "any"
        ? "an object"
        : `an object, each value ${phrase(type.items)}`;
    case "props": {
      const props = [...propsOf(type.name).values()];
      const needed = props.filter(({ isOptional }) => !isOptional);
      const named = props.length < 5 || needed.length === 0 ? props : needed;
      return `an object with ${named.map(({ name }) => name).join(", ")}`;
    }
    case "class": {
      const made = factoriesOf(type.name);
      return made.length > 0 ? made.join(", ") : `a ${type.name}`;
    }
    case "union": {
      const texts = type.types.map(phrase);
      return `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
    }
    default:
      return `a ${type.of}`;
  }
}

const isScalar = ({ of }: PropType): boolean =>
  of === "string" || of === "number";

/** `Duration.minutes(…)` */
const factoriesOf = (name: string): string[] =>
  (FACTORIES[name as keyof typeof FACTORIES] ?? "")
    .split(" ")
    .filter(Boolean)
    .map((each) => `${name}.${each.replace("()", "(…)")}`);
