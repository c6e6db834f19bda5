import { Token, Tokenization } from "cdktf";
import { InputError } from "./input-error";
import { missingProp, unknownProp, wrongProp } from "./errors";
import { INTERFACES } from "./table";
import { placesOf, type PropsName, type PropType, propsOf } from "./types";

/**
 * Refuses props that the types would refuse: unknown names, missing ones, and values of other types. Programs often run
 * with nobody checking types, such as JavaScript and TypeScript under tsx.
 *
 * @param owner What the props are given to, such as `ControlPlane "prod"` or `NodeAccess.ssh`
 */
export function checkProps(name: PropsName, props: unknown, owner: string) {
  check({ of: "props", name }, props, "", { owner, root: name });
}

interface About {
  readonly owner: string;
  /** The props that are checked, of which others are a part. */
  readonly root: PropsName;
}

function check(type: PropType, value: unknown, at: string, about: About): void {
  if (!fits(type, value)) throw wrongProp(about.owner, at, value, type);
  if (type.of === "union") {
    const fitting = type.types.filter((each) => fits(each, value));
    if (fitting.length === 1) check(fitting[0], value, at, about);
  } else if (type.of === "list") {
    (value as readonly unknown[]).forEach((item, i) =>
      check(type.items, item, `${at}[${i}]`, about),
    );
  } else if (type.of === "map") {
    if (isLater(value)) return;
    for (const [key, item] of Object.entries(value as object))
      check(type.items, item, `${at}[${JSON.stringify(key)}]`, about);
  } else if (type.of === "props") {
    checkObject(
      type.name,
      value as Readonly<Record<string, unknown>>,
      at,
      about,
    );
  }
}

function checkObject(
  name: PropsName,
  object: Readonly<Record<string, unknown>>,
  at: string,
  about: About,
): void {
  const { owner, root } = about;
  const props = propsOf(name);
  // An instance of a class may have more than its props.
  if (isPlain(object))
    for (const key of Object.keys(object))
      if (!props.has(key) && object[key] !== undefined)
        throw unknownProp(
          owner,
          at,
          key,
          [...props.keys()],
          placesOf(root, key),
        );
  for (const prop of props.values()) {
    const place = at === "" ? prop.name : `${at}.${prop.name}`;
    const value = object[prop.name];
    if (value !== undefined) check(prop.type, value, place, about);
    else if (!prop.isOptional) throw missingProp(owner, place, prop.type);
  }
}

/** Whether a value is of a type, without a look at what is in it. */
function fits(type: PropType, value: unknown): boolean {
  switch (type.of) {
    case "any":
      return true;
    case "null":
      return value === null;
    case "literal":
      return value === type.value;
    case "union":
      return type.types.some((each) => fits(each, value));
    case "list":
      return Array.isArray(value);
    case "map":
    case "props":
      return isObject(value);
    case "class":
      return isObject(value) && isOfClass(value, type.name);
    case "interface":
      return (
        isObject(value) && membersOf(type.name).every((one) => one in value)
      );
    default:
      return typeof value === type.of;
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPlain = (value: object): boolean => classesOf(value).length === 0;

/** Whether classes have their own names, which a bundler may shorten. */
const HAS_NAMES = InputError.name === "InputError";

/** Compares names instead of classes, because a program may have the library, or CDKTF, twice. */
const isOfClass = (value: object, name: string): boolean =>
  HAS_NAMES ? classesOf(value).includes(name) : !isPlain(value);

/** The names of the classes of an object, apart from Object. */
function classesOf(value: object): string[] {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null
    ? []
    : [prototype.constructor.name, ...classesOf(prototype)];
}

const membersOf = (name: string): string[] =>
  INTERFACES[name as keyof typeof INTERFACES].split(" ");

/** Known only at apply, as a whole. */
const isLater = (value: unknown): boolean =>
  Tokenization.isResolvable(value) ||
  Object.keys(value as object).some((key) => Token.isUnresolved(key));
