import {
  StatusError,
  UnknownKindError,
  UnreachableError,
} from "../errors-cluster";
import type { Host } from "../hosts/host";
import { Discovery } from "./discovery";
import { Server, type ServerRequest } from "./https";
import { parseKubeconfig } from "./kubeconfig";
import { retry } from "./retry";

/** Who writes: what it wrote and no longer wants is removed, what others wrote stays. */
export const FIELD_MANAGER = "cdktf-control-plane";

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly controller?: boolean;
  }[];
}

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** An object by its name. Without a namespace, one of a namespaced kind is in `default`. */
export interface ObjectName extends Kind {
  readonly namespace?: string;
  readonly name: string;
}

export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface KubernetesApiProps {
  /** One with embedded certificates, and its path, for people. */
  readonly kubeconfig: string;
  readonly path: string;
  readonly host: Host;
  /** Of one API server, as its certificate has it; whatever the kubeconfig names. */
  readonly address: string;
  readonly port: number;
  /** Milliseconds for which a request is repeated that fails for a reason that passes. */
  readonly patience?: number;
}

const PATIENCE = 60_000;

/** One API server, asked through a host. */
export class KubernetesApi {
  private readonly discovery = new Discovery((path) =>
    this.request({ method: "GET", path }),
  );

  private readonly server: Server;

  constructor(
    private readonly props: KubernetesApiProps,
    /** Of somebody else than the kubeconfig's user. */
    private readonly token?: string,
  ) {
    const { kubeconfig, path, host, address, port } = props;
    const { ca, client } = parseKubeconfig(kubeconfig, path);
    const trust = { ca, name: address };
    this.server = new Server({
      title: `The API server of ${host.name}`,
      ...{ host, address, port },
      tls: token === undefined ? { trust, client } : { trust },
    });
  }

  /** The same API server, asked by the bearer of a token. */
  asBearerOf(token: string): KubernetesApi {
    return new KubernetesApi(this.props, token);
  }

  /** Whether it serves now. */
  async ready(): Promise<boolean> {
    try {
      await this.server.request({ method: "GET", path: "/readyz" });
      return true;
    } catch (error) {
      if (passes(error)) return false;
      throw error;
    }
  }

  /** `v1.36.3` */
  async version(): Promise<string> {
    const answer = await this.request({ method: "GET", path: "/version" });
    return (answer as { gitVersion: string }).gitVersion;
  }

  /** `undefined` where it isn't there. */
  async get<T extends ApiObject>(name: ObjectName): Promise<T | undefined> {
    const path = await this.path(name, name.namespace, name.name);
    return absentIsFine(this.request({ method: "GET", path }) as Promise<T>);
  }

  /** Of all namespaces where none is given. */
  async list<T extends ApiObject>(
    { apiVersion, kind }: Kind,
    { namespace, ...selectors }: Selection = {},
  ): Promise<T[]> {
    const { root, plural } = await this.discovery.resource(apiVersion, kind);
    const at = namespace === undefined ? "" : `/namespaces/${namespace}`;
    const path = `${root}${at}/${plural}?${new URLSearchParams(selectors)}`;
    const { items } = (await this.request({ method: "GET", path })) as {
      items: T[];
    };
    // The items of a list don't say what they are.
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Repeated only where the first one surely was not taken. */
  async create<T extends ApiObject>(object: T): Promise<T> {
    const path = await this.path(object, object.metadata.namespace);
    const query = new URLSearchParams({ fieldManager: FIELD_MANAGER });
    return this.request(
      { method: "POST", path: `${path}?${query}`, body: object },
      wasNotTaken,
    ) as Promise<T>;
  }

  /** Makes the object as it is described, and leaves what others wrote into it. */
  async serverSideApply(
    object: ApiObject,
    { fieldManager = FIELD_MANAGER, force = true } = {},
  ): Promise<ApiObject> {
    const { name, namespace } = object.metadata;
    const path = await this.path(object, namespace, name);
    const query = new URLSearchParams({ fieldManager, force: `${force}` });
    return this.patch(`${path}?${query}`, object, "apply-patch+yaml");
  }

  /** With `metadata.resourceVersion` in the patch it fails where somebody else was faster. */
  async mergePatch(name: ObjectName, patch: object): Promise<ApiObject> {
    const path = await this.path(name, name.namespace, name.name);
    const query = new URLSearchParams({ fieldManager: FIELD_MANAGER });
    return this.patch(`${path}?${query}`, patch, "merge-patch+json");
  }

  /** One that isn't there is fine, and so is a kind. Returns before finalizers have done what they do. */
  async remove(
    name: ObjectName,
    { propagation = "Background" as "Background" | "Foreground" } = {},
  ): Promise<void> {
    const attempt = async () => {
      const path = await this.path(name, name.namespace, name.name);
      const body = { propagationPolicy: propagation };
      await this.request({ method: "DELETE", path, body });
    };
    await absentIsFine(attempt());
  }

  /** Asks a pod to go: refused with 429 where a disruption budget doesn't allow it now. Tried once. */
  async evict({ metadata }: ApiObject): Promise<void> {
    const { name, namespace, uid } = metadata;
    const pod = { apiVersion: "v1", kind: "Pod" };
    await absentIsFine(
      this.server.request({
        method: "POST",
        path: `${await this.path(pod, namespace, name)}/eviction`,
        body: {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name, namespace },
          deleteOptions: { preconditions: { uid } },
        },
      }),
    );
  }

  /** Ends its connections. */
  close(): void {
    this.server.close();
  }

  private patch(path: string, body: object, type: string): Promise<ApiObject> {
    const contentType = `application/${type}`;
    return this.request({
      ...{ method: "PATCH", path, body, contentType },
    }) as Promise<ApiObject>;
  }

  private request(
    request: ServerRequest,
    mayRepeat: (error: unknown) => boolean = passes,
  ): Promise<unknown> {
    const { token } = this;
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    return retry(() => this.server.request({ ...request, headers }), {
      limit: this.props.patience ?? PATIENCE,
      passes: mayRepeat,
      wait: (error) =>
        error instanceof StatusError ? error.refusal.retryAfter : undefined,
    });
  }

  private async path(
    { apiVersion, kind }: Kind,
    namespace = "default",
    name?: string,
  ): Promise<string> {
    const resource = await this.discovery.resource(apiVersion, kind);
    const { root, plural, namespaced } = resource;
    return [
      root,
      ...(namespaced ? ["namespaces", encodeURIComponent(namespace)] : []),
      plural,
      ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ].join("/");
  }
}

/** `undefined` for what isn't there. */
async function absentIsFine<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error, 404) || error instanceof UnknownKindError)
      return undefined;
    throw error;
  }
}

export const isRefusal = (
  error: unknown,
  ...statuses: number[]
): error is StatusError =>
  error instanceof StatusError && statuses.includes(error.refusal.status);

/** An API server that starts or is overrun, an etcd that elects a leader, a webhook whose pod starts. */
const PASSING =
  /etcdserver: (request timed out|leader changed|no leader|too many requests|not capable)|etcd.*unavailable|failed calling webhook|connection refused|context deadline exceeded/;

function passes(error: unknown): boolean {
  return (
    error instanceof UnreachableError ||
    isRefusal(error, 429, 503, 504) ||
    (isRefusal(error, 500) && PASSING.test(error.refusal.said))
  );
}

function wasNotTaken(error: unknown): boolean {
  return error instanceof UnreachableError
    ? error.unsent
    : isRefusal(error, 429, 503);
}
