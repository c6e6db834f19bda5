import { normalize } from "node:path";
import { milliseconds } from "../base/duration";

/** Whether what a store's own files hold has the shape that the agent wrote; a sentence says why not. */
type Fields = Readonly<Record<string, unknown>>;

/** An object in JSON, or why it is none. */
export function parseObject(text: string): Fields | string {
  if (text.trim() === "") return "it is empty";
  let foreign = false;
  try {
    const value: unknown = JSON.parse(text, (name, field: unknown) => {
      foreign ||= name === "__proto__";
      return field;
    });
    if (foreign) return "it holds the name __proto__";
    return isObject(value) ? value : "it is no object in JSON";
  } catch {
    return "it is no JSON";
  }
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): boolean => typeof value === "string";
const orAbsent =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || is(value);

const isDuration = (value: unknown): boolean => {
  try {
    return typeof value === "string" && milliseconds(value) >= 0;
  } catch {
    return false;
  }
};

/** The first field that is not what it must be. */
function misshapen(
  value: Fields,
  fields: Readonly<Record<string, (field: unknown) => boolean>>,
): string | undefined {
  const name = Object.keys(fields).find((name) => !fields[name](value[name]));
  return name === undefined
    ? undefined
    : `its "${name}" is ${inWords(value[name])}`;
}

function inWords(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60
    ? `${text.slice(0, 60)}…, which it cannot be`
    : `${text}, which it cannot be`;
}

/** The names that Terraform allows: those that are the same in a URL. */
const isWorkspace = (value: unknown): boolean =>
  typeof value === "string" && /^[\w.~$&+=:@-]+$/.test(value);

export const inventoryProblem = (inventory: Fields): string | undefined =>
  misshapen(inventory, {
    stack: isText,
    workspace: orAbsent(isWorkspace),
    clusterName: orAbsent(isText),
    kubernetesVersion: orAbsent(isText),
    endpoint: orAbsent(isText),
    adminKubeconfig: orAbsent(isInside),
    etcd: orAbsent(isObject),
    podNetwork: orAbsent(isObject),
    objects: orAbsent(isObject),
    nodes: orAbsent(isObject),
    seconds: orAbsent(isObject),
  }) ??
  Object.entries((inventory.nodes ?? {}) as Fields)
    .map(([name, node]) => nodeProblem(name, node))
    .find((problem) => problem !== undefined);

/** Names are folders of the store. */
const NODE_NAME = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i;

function nodeProblem(name: string, node: unknown): string | undefined {
  if (!NODE_NAME.test(name)) return `${inWords(name)} as the name of a node`;
  const about = `of the node ${name}, `;
  if (!isObject(node)) return `${about}what it says is ${inWords(node)}`;
  const problem = misshapen(node, {
    address: isText,
    access: (access) => isObject(access) && isText(access.kind),
    components: orAbsent(
      (components) =>
        Array.isArray(components) &&
        components.every((each) => isObject(each) && isText(each.name)),
    ),
  });
  return problem && about + problem;
}

export const stampProblem = (stamp: Fields): string | undefined =>
  misshapen(stamp, {
    token: isText,
    sha256: isText,
    batch: isText,
    purpose: isText,
    kind: isText,
    files: isFileLines,
    notBefore: orAbsent(isText),
    notAfter: orAbsent(isText),
    renewable: orAbsent(isText),
    renewBefore: orAbsent(isDuration),
    pending: orAbsent(
      (pending) =>
        isObject(pending) &&
        isInside(pending.request) &&
        isInside(pending.certificate),
    ),
  });

/** `path mode [owner]` a line, every path inside of the store. */
const isFileLines = (text: unknown): boolean =>
  typeof text === "string" &&
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .every((line) => {
      const found = /^(.+?) +[0-7]{3,4}(?: +\S+)?\s*$/.exec(line);
      return found !== null && isInside(found[1]);
    });

/** Whether a path stays below the folder that it starts in, and is not that folder. */
export function isInside(path: unknown): boolean {
  if (typeof path !== "string" || path.includes("\0")) return false;
  const clean = normalize(path);
  return !/^(\.\.?)?(\/|$)/.test(clean);
}

const isProcess = (value: unknown): boolean =>
  isObject(value) && Number.isSafeInteger(value.pid) && isText(value.start);

export const holderProblem = (holder: Fields): string | undefined =>
  misshapen(holder, {
    host: isText,
    boot: isText,
    namespace: isText,
    since: isText,
    run: isProcess,
  });

/** Of a process of this machine, see `ProcessRecord`. */
export const isProcessRecord = (record: Fields): boolean =>
  isProcess(record) &&
  misshapen(record, {
    machine: isObject,
    program: isObject,
    fingerprint: isText,
    since: isText,
  }) === undefined;
