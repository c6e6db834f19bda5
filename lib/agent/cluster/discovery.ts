import type { Clock } from "../../base/clock";
import { StatusError, unknownKind } from "./errors";
import {
  fields,
  flag,
  list,
  optional,
  type Shape,
  text,
} from "../../base/shape";
import { waitFor } from "./retry";

export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The resource under which an API server serves the objects of a kind. */
export interface Resource {
  /** `/apis/apps/v1` */
  readonly root: string;
  /** `deployments` */
  readonly plural: string;
  readonly namespaced: boolean;
}

type ResourcesByKind = ReadonlyMap<string, Resource>;

const RESOURCES = fields({
  resources: optional(
    list(fields({ name: text, kind: text, namespaced: flag })),
  ),
});

const DEFINITIONS = fields({
  items: list(
    fields({ spec: fields({ group: text, names: fields({ kind: text }) }) }),
  ),
});

/** Milliseconds in which a kind has to be served after its definition was accepted. */
const ESTABLISHING = 30_000;
const DEFINITIONS_PATH =
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Finds the resources of kinds. An API version is queried when it is first needed, because few of them ever are. */
export class Discovery {
  private readonly known = new Map<string, Promise<ResourcesByKind>>();

  constructor(
    private readonly get: <T>(path: string, shape: Shape<T>) => Promise<T>,
    private readonly clock: Clock,
  ) {}

  async resource({ apiVersion, kind }: ObjectKind): Promise<Resource> {
    const resource =
      (await this.kinds(apiVersion)).get(kind) ??
      (await this.kinds(apiVersion, true)).get(kind) ??
      (await this.waitForKind(apiVersion, kind));
    if (!resource) throw unknownKind(apiVersion, kind);
    return resource;
  }

  /** Forgets what was discovered about the API version of a kind. */
  forget({ apiVersion }: ObjectKind): void {
    this.known.delete(apiVersion);
  }

  /** Waits for a kind that is defined but not served yet. */
  private async waitForKind(
    apiVersion: string,
    kind: string,
  ): Promise<Resource | undefined> {
    const [group] = apiVersion.split("/");
    const { items } = await this.get(DEFINITIONS_PATH, DEFINITIONS);
    const isDefined = items.some(
      ({ spec }) => spec.group === group && spec.names.kind === kind,
    );
    if (!isDefined) return undefined;
    return waitFor(this.clock, ESTABLISHING, async () =>
      (await this.kinds(apiVersion, true)).get(kind),
    );
  }

  private kinds(apiVersion: string, again = false): Promise<ResourcesByKind> {
    const known = again ? undefined : this.known.get(apiVersion);
    if (known) return known;
    const asked = this.ask(apiVersion);
    this.known.set(apiVersion, asked);
    asked.catch(() => this.known.delete(apiVersion));
    return asked;
  }

  private async ask(apiVersion: string): Promise<ResourcesByKind> {
    const root = `/${apiVersion.includes("/") ? "apis" : "api"}/${apiVersion}`;
    try {
      const { resources = [] } = await this.get(root, RESOURCES);
      // `deployments/scale` is a subresource.
      const own = resources.filter(({ name }) => !name.includes("/"));
      return new Map(
        own.map(({ kind, name: plural, namespaced }) => [
          kind,
          { root, plural, namespaced },
        ]),
      );
    } catch (error) {
      if (error instanceof StatusError && error.refusal.status === 404)
        return new Map();
      throw error;
    }
  }
}

/** The path of one object, or of all objects in a namespace. */
export function pathOf(
  { root, plural, namespaced }: Resource,
  { namespace = "default", name }: { namespace?: string; name?: string },
): string {
  return [
    root,
    ...(namespaced ? ["namespaces", encodeURIComponent(namespace)] : []),
    plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join("/");
}
