import { normalize } from "node:path";
import { milliseconds } from "../base/duration";
import { orUndefined } from "../base/files";
import { readFileLines } from "./artefacts";

/** The bookkeeping files of a store are checked before they are used. Each problem is a clause: `it is empty`. */
type Fields = Readonly<Record<string, unknown>>;

/** The JSON object in a text, or the problem why it has none. */
export function parseObject(text: string): Fields | string {
  if (text.trim() === "") return "it is empty";
  let namesPrototype = false;
  try {
    const value: unknown = JSON.parse(text, (name, field: unknown) => {
      namesPrototype ||= name === "__proto__";
      return field;
    });
    if (namesPrototype) return "it contains the name __proto__";
    return isObject(value) ? value : "it is not a JSON object";
  } catch {
    return "it is not JSON";
  }
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): boolean => typeof value === "string";
const orAbsent =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || is(value);

const isDuration = (value: unknown): boolean =>
  typeof value === "string" &&
  orUndefined(() => milliseconds(value)) !== undefined;

/** The problem with the first field that has an invalid value. */
function fieldProblem(
  value: Fields,
  fields: Readonly<Record<string, (field: unknown) => boolean>>,
): string | undefined {
  const name = Object.keys(fields).find((name) => !fields[name](value[name]));
  return name === undefined
    ? undefined
    : `its "${name}" ${value[name] === undefined ? "is missing" : `has the invalid value ${shortened(value[name])}`}`;
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The workspace names that Terraform allows: those that need no escaping in a URL. */
const isWorkspace = (value: unknown): boolean =>
  typeof value === "string" && /^[\w.~$&+=:@-]+$/.test(value);

export const inventoryProblem = (inventory: Fields): string | undefined =>
  fieldProblem(inventory, {
    stack: isText,
    workspace: orAbsent(isWorkspace),
    clusterName: orAbsent(isText),
    kubernetesVersion: orAbsent(isText),
    endpoint: orAbsent(isText),
    adminKubeconfig: orAbsent(isInside),
    etcd: orAbsent(isObject),
    podNetwork: orAbsent(isObject),
    facts: orAbsent(isObject),
    objects: orAbsent(isObject),
    nodes: orAbsent(isObject),
    seconds: orAbsent(isObject),
  }) ??
  Object.entries((inventory.nodes ?? {}) as Fields)
    .map(([name, node]) => nodeProblem(name, node))
    .find((problem) => problem !== undefined);

/** A node's name is the name of a folder in the store. */
const NODE_NAME = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i;

function nodeProblem(name: string, node: unknown): string | undefined {
  if (!NODE_NAME.test(name)) return `${shortened(name)} is not a node name`;
  const about = `for the node ${name}, `;
  if (!isObject(node)) return `${about}${shortened(node)} is not an object`;
  const problem = fieldProblem(node, {
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
  fieldProblem(stamp, {
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

/** Each line is `path mode [owner]`, with a path inside the store. */
const isFileLines = (text: unknown): boolean =>
  typeof text === "string" &&
  orUndefined(() => readFileLines(text))?.every(({ path }) =>
    isInside(path),
  ) === true;

/** Whether a relative path leads below the folder from which it starts, not to that folder itself. */
export function isInside(path: unknown): boolean {
  if (typeof path !== "string" || path.includes("\0")) return false;
  const clean = normalize(path);
  return !/^(\.\.?)?(\/|$)/.test(clean);
}

const isProcess = (value: unknown): boolean =>
  isObject(value) && Number.isSafeInteger(value.pid) && isText(value.start);

export const holderProblem = (holder: Fields): string | undefined =>
  fieldProblem(holder, {
    host: isText,
    boot: isText,
    namespace: isText,
    since: isText,
    run: isProcess,
  });

/** Whether an object is a `ProcessRecord`. */
export const isProcessRecord = (record: Fields): boolean =>
  isProcess(record) &&
  fieldProblem(record, {
    machine: isObject,
    program: isObject,
    fingerprint: isText,
    since: isText,
  }) === undefined;
