import { PROPS } from "./table";

export type PropsName = keyof typeof PROPS;

/** What a prop takes, as the table says it. */
export type PropType =
  | { readonly of: "string" | "number" | "boolean" | "null" | "any" }
  | { readonly of: "literal"; readonly value: string }
  | { readonly of: "class" | "interface"; readonly name: string }
  | { readonly of: "props"; readonly name: PropsName }
  | { readonly of: "list" | "map"; readonly items: PropType }
  | { readonly of: "union"; readonly types: readonly PropType[] };

export interface Prop {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: PropType;
}

const read = new Map<PropsName, ReadonlyMap<string, Prop>>();

/** The props of one name, in the order of the types. */
export function propsOf(name: PropsName): ReadonlyMap<string, Prop> {
  const known = read.get(name);
  if (known) return known;
  const props = PROPS[name]
    .split(";")
    .flatMap(
      (text) => text.trim().replace(/\s+/g, " ").replaceAll("| ", "|") || [],
    )
    .map((text): Prop => {
      const [, prop, mark, type] = /^(\S+?)(\??) (.*)$/.exec(text)!;
      return { name: prop, isOptional: mark === "?", type: typeOf(type) };
    });
  const byName = new Map(props.map((prop) => [prop.name, prop]));
  read.set(name, byName);
  return byName;
}

/** The places of props with this name, whatever its capitals: `certSans`, `nodes[].files`. */
export const placesOf = (root: PropsName, name: string): string[] =>
  placesIn({ of: "props", name: root }, name.toLowerCase(), "", []);

function placesIn(
  type: PropType,
  wanted: string,
  at: string,
  above: readonly PropsName[],
): string[] {
  switch (type.of) {
    case "list":
      return placesIn(type.items, wanted, `${at}[]`, above);
    case "union":
      return type.types.flatMap((each) => placesIn(each, wanted, at, above));
    case "props": {
      if (above.includes(type.name)) return [];
      const below = [...above, type.name];
      return [...propsOf(type.name).values()].flatMap((prop) => {
        const place = at === "" ? prop.name : `${at}.${prop.name}`;
        return [
          ...(prop.name.toLowerCase() === wanted ? [place] : []),
          ...placesIn(prop.type, wanted, place, below),
        ];
      });
    }
    default:
      return [];
  }
}

/** Whether any props have a prop of that name. */
export const isPropName = (name: string): boolean =>
  (Object.keys(PROPS) as PropsName[]).some((each) => propsOf(each).has(name));

function typeOf(text: string): PropType {
  const types = alternatives(text);
  if (types.length > 1) return { of: "union", types: types.map(typeOf) };
  if (text.endsWith("[]"))
    return { of: "list", items: typeOf(inner(text.slice(0, -2))) };
  if (text.startsWith("{")) return { of: "map", items: typeOf(inner(text)) };
  if (text.startsWith('"')) return { of: "literal", value: inner(text) };
  const [of, name] = text.split(" ");
  if (of === "class" || of === "interface") return { of, name };
  return text in PROPS
    ? { of: "props", name: text as PropsName }
    : ({ of: text } as PropType);
}

/** Without the brackets or quotes around it. */
const inner = (text: string): string =>
  /^[({"]/.test(text) ? text.slice(1, -1) : text;

/** `a|(b|c)[]` has two. */
function alternatives(text: string): string[] {
  const found = [""];
  let depth = 0;
  for (const sign of text) {
    if ("({".includes(sign)) depth++;
    if (")}".includes(sign)) depth--;
    if (sign === "|" && depth === 0) found.push("");
    else found[found.length - 1] += sign;
  }
  return found;
}
