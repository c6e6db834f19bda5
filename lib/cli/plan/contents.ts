import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Request, TeardownRequest } from "../../request/request";
import { DEFAULT_WORKSPACE } from "../../store/owner";
import { WORKSPACE } from "../../catalog/paths";
import type { Stack } from "./app";

/** What a stack's resources are, by their Terraform addresses. */
export interface Contents {
  readonly artefacts: ReadonlyMap<string, Artefact>;
  readonly runs: ReadonlyMap<string, Run>;
  /** Guards, anchors, and the ways to hosts: they make nothing. */
  readonly records: ReadonlySet<string>;
  /** The absolute path of each file whose hash the state keeps, by the address of its record. */
  readonly anchors: ReadonlyMap<string, string>;
  /** Of the same types, but the user's. */
  readonly others: ReadonlySet<string>;
  readonly stores: readonly StackStore[];
}

export interface Artefact {
  /** Relative to its store. */
  readonly files: readonly string[];
  /** The address of what makes it. */
  readonly batch?: string;
}

/** A resource that runs the agent. */
export interface Run {
  readonly action: Request["action"];
  /** As its lines of progress call it. */
  readonly title: string;
  /** As they were synthesized: values that are known only later are expressions. */
  readonly triggers: Triggers;
  /** Where paths in it start. */
  readonly base: string;
}

export type Triggers = Readonly<Record<string, string>>;

export interface StackStore {
  readonly stack: string;
  readonly directory: string;
  readonly teardown: TeardownRequest;
  /** The addresses of its resources. */
  readonly addresses: readonly string[];
  /** Where the request's path starts. */
  readonly base: string;
}

interface SynthesizedResource {
  readonly triggers?: Triggers;
  readonly triggers_replace?: Triggers;
  readonly depends_on?: readonly string[];
  readonly provisioner?: readonly {
    readonly "local-exec"?: {
      readonly environment?: Readonly<Record<string, string>>;
    };
  }[];
  readonly lifecycle?: {
    readonly postcondition?: readonly { readonly condition: string }[];
  };
}

export const TYPES = ["terraform_data", "null_resource"];

/** Reads back what lib/terraform wrote: the triggers of an artefact and of a batch, the request of a run. */
export function readContents(
  stack: Stack,
  workspace = DEFAULT_WORKSPACE,
): Contents {
  const { resource = {} } = JSON.parse(readFileSync(stack.file, "utf8")) as {
    resource?: Record<string, Record<string, SynthesizedResource>>;
  };
  const resources = TYPES.flatMap((type) =>
    Object.entries(resource[type] ?? {}).map(
      ([name, body]) => [`${type}.${name}`, body] as const,
    ),
  );
  const requests = new Map(
    resources.flatMap(([address, body]) => {
      const request = requestOf(body, workspace);
      return request ? [[address, request]] : [];
    }),
  );
  const batches = new Map(
    resources
      .filter(([address]) => requests.get(address)?.action === "batch")
      .flatMap(([address, body]) =>
        Object.keys(triggersOf(body)).map((file) => [file, address]),
      ),
  );
  const artefacts = new Map(
    resources.flatMap(([address, body]) => {
      const files = filesOf(triggersOf(body));
      return files ? [[address, { files, batch: batches.get(files[0]) }]] : [];
    }),
  );
  const teardownNeeds = new Set(
    resources
      .filter(([address]) => requests.get(address)?.action === "teardown")
      .flatMap(([, body]) => body.depends_on ?? []),
  );
  const records = new Set(
    resources.flatMap(([address, body]) =>
      isGuard(body) || (teardownNeeds.has(address) && isWay(triggersOf(body)))
        ? [address]
        : [],
    ),
  );
  const anchors = new Map(
    resources.flatMap(([address, body]) => {
      const path = anchoredPath(body, workspace);
      return path ? [[address, resolve(stack.directory, path)]] : [];
    }),
  );
  const ours = [artefacts, requests, records, anchors];
  return {
    artefacts,
    records: new Set([...records, ...anchors.keys()]),
    anchors,
    others: new Set(
      resources
        .map(([address]) => address)
        .filter((address) => !ours.some((known) => known.has(address))),
    ),
    runs: new Map(
      resources.flatMap(([address, body]) => {
        const request = requests.get(address);
        if (request === undefined) return [];
        const triggers = Object.fromEntries(
          Object.entries(triggersOf(body)).map(([name, value]) => [
            name,
            literal(value),
          ]),
        );
        const { action } = request;
        const title = titleOf(request);
        const base = stack.directory;
        return [[address, { action, title, triggers, base }]];
      }),
    ),
    stores: [...requests.values()].flatMap((request) =>
      request.action === "teardown"
        ? [
            {
              stack: stack.name,
              directory: resolve(stack.directory, request.store),
              teardown: request,
              addresses: addressesOf(request.store, requests, artefacts),
              base: stack.directory,
            },
          ]
        : [],
    ),
  };
}

export const triggersOf = (body: SynthesizedResource) =>
  body.triggers_replace ?? body.triggers ?? {};

/** One line per file, `path mode [owner]`. */
export function filesOf({
  files,
  spec,
  intact,
}: Readonly<Record<string, string>>): string[] | undefined {
  if (typeof files !== "string" || spec === undefined || intact === undefined)
    return undefined;
  return literal(files)
    .split("\n")
    .map((line) => line.split(" ")[0]);
}

/** As Terraform gives it to the agent in this workspace. */
function requestOf(
  body: SynthesizedResource,
  workspace: string,
): Request | undefined {
  const text = body.provisioner?.[0]?.["local-exec"]?.environment?.REQUEST;
  if (text === undefined) return undefined;
  try {
    return JSON.parse(told(text, workspace)) as Request;
  } catch {
    return rolloutIn(text);
  }
}

/** Of all that runs over a store, and of what that makes. */
function addressesOf(
  store: string,
  requests: ReadonlyMap<string, Request>,
  artefacts: ReadonlyMap<string, Artefact>,
): string[] {
  const runs = [...requests]
    .filter(([, request]) => request.store === store)
    .map(([address]) => address);
  const made = [...artefacts]
    .filter(([, { batch }]) => batch !== undefined && runs.includes(batch))
    .map(([address]) => address);
  return [...runs, ...made];
}

/** A request that holds an address which is known only at apply is an expression: that can only be a rollout's. */
function rolloutIn(expression: string): Request {
  const [, clusterName = "rollout"] =
    /"clusterName" = "([^"]+)"/.exec(expression) ?? [];
  const [, pool] = /"pool" = \{"name" = "([^"]+)"/.exec(expression) ?? [];
  return {
    action: "rollout",
    clusterName,
    ...(pool !== undefined && { pool: { name: pool } }),
  } as Request;
}

function titleOf(request: Request): string {
  if (request.action === "batch") return request.title;
  if (request.action !== "rollout") return request.action;
  const { clusterName, pool } = request;
  return pool ? `${clusterName} ${pool.name}` : clusterName;
}

const isGuard = ({ lifecycle }: SynthesizedResource): boolean =>
  lifecycle?.postcondition?.[0]?.condition.includes("substr(self.id, 0, 0)") ??
  false;

/** Of what the state keeps the hash. */
export const isAnchor = (triggers: Triggers): boolean =>
  /^file,sha256(,spec)?$/.test(Object.keys(triggers).sort().join());

/** The path as Terraform is told of it, relative to the stack's folder. */
function anchoredPath(
  body: SynthesizedResource,
  workspace: string,
): string | undefined {
  const triggers = triggersOf(body);
  if (!isAnchor(triggers) || !body.lifecycle?.postcondition) return undefined;
  const [, path] =
    /filesha256\(("(?:[^"\\]|\\.)*?)\$\{substr\(/.exec(triggers.sha256) ?? [];
  return path && told(JSON.parse(`${path}"`) as string, workspace);
}

/** To a host. */
export const isWay = (triggers: Triggers): boolean =>
  Object.keys(triggers).join() === "access";

/** What Terraform makes of a text in this workspace. */
const told = (text: string, workspace: string): string =>
  literal(text).replaceAll(WORKSPACE, () => workspace);

/** Undoes the escapes of Terraform's templates. */
const literal = (text: string): string =>
  text.replace(/\$\$\{/g, "${").replace(/%%\{/g, "%{");
