import type { Clock } from "../../base/clock";
import { StatusError } from "./errors";
import type { ApiObject, ObjectName, Selection } from "./api-object";
import { LIMITS } from "../../base/limits";
import {
  anything,
  fields,
  list,
  optional,
  type Shape,
  text,
} from "../../base/shape";
import { type KubernetesApiProps, METADATA_ONLY, PATCHES } from "./api-request";
import { Discovery, type ObjectKind, pathOf, type Resource } from "./discovery";
import { Server, type ServerRequest } from "./https";
import { parseKubeconfig } from "./kubeconfig";
import {
  ignoreAbsent,
  isRefusal,
  isTemporary,
  wasNotProcessed,
} from "./refusals";
import { retry } from "./retry";
import { OBJECT } from "./shapes";

/** The field manager: fields that it wrote and no longer applies are removed; fields of others stay. */
/** The name under which this library writes objects, which API servers record. */
export const MANAGER = "cdktf-control-plane";
const FIELD_MANAGER = `fieldManager=${MANAGER}`;

const VERSION = fields({ gitVersion: text });
const TOKEN_REQUEST = fields({ status: fields({ token: text }) });

const PATIENCE = 60_000;
/** Milliseconds in which a kind that is listed as served has to be served. */
const SERVING = 10_000;

/** A client of one API server, which is reached through a host. */
export class KubernetesApi {
  readonly clock: Clock;
  private readonly discovery: Discovery;
  private readonly server: Server;

  constructor(
    private readonly props: KubernetesApiProps,
    /** The token of another user, instead of the certificate of the kubeconfig's user. */
    private readonly token?: string,
  ) {
    const { kubeconfig, path, host, address, port, clock } = props;
    this.clock = clock;
    this.discovery = new Discovery(
      (path, shape) => this.request({ method: "GET", path }, shape),
      clock,
    );
    const { ca, client } = parseKubeconfig(kubeconfig, path);
    const trust = { ca, name: address };
    this.server = new Server({
      title: `The API server of ${host.name}`,
      host,
      address,
      port,
      tls: token === undefined ? { trust, client } : { trust },
    });
  }

  /** A client of the same API server that authenticates with a token. */
  asBearerOf(token: string): KubernetesApi {
    return new KubernetesApi(this.props, token);
  }

  /** Whether the API server is ready now. */
  async ready(): Promise<boolean> {
    try {
      await this.server.request({
        method: "GET",
        path: "/readyz",
        limit: LIMITS.healthAnswer,
      });
      return true;
    } catch (error) {
      if (isTemporary(error) || isRefusal(error, 500)) return false;
      throw error;
    }
  }

  /** `v1.36.3` */
  async version(): Promise<string> {
    const { gitVersion } = await this.request(
      { method: "GET", path: "/version" },
      VERSION,
    );
    return gitVersion;
  }

  /** The metrics of this API server, in the text format of Prometheus. */
  metrics(): Promise<string> {
    return this.request({ method: "GET", path: "/metrics" }, text);
  }

  /** `undefined` if the object does not exist. */
  get<T extends ApiObject>(
    name: ObjectName,
    shape = OBJECT as Shape<T>,
  ): Promise<T | undefined> {
    return ignoreAbsent(
      this.at(name, (resource) =>
        this.request({ method: "GET", path: pathOf(resource, name) }, shape),
      ),
    );
  }

  /** The objects of a kind; those of all namespaces if none is given. */
  async list<T extends ApiObject>(
    kind: ObjectKind,
    { namespace, ...selectors }: Selection = {},
    shape = OBJECT as Shape<T>,
  ): Promise<T[]> {
    const selection = new URLSearchParams(selectors);
    const { items = [] } = await this.at(kind, ({ root, plural }) => {
      const within = namespace === undefined ? "" : `/namespaces/${namespace}`;
      const path = `${root}${within}/${plural}?${selection}`;
      return this.request(
        { method: "GET", path },
        fields({ items: optional(list(shape)) }),
      );
    });
    // The items of a list have no apiVersion and kind of their own.
    const { apiVersion, kind: name } = kind;
    return items.map((item) => ({ ...item, apiVersion, kind: name }));
  }

  /** Creates an object. The request is only repeated if the server certainly did not process the first one. */
  create<T>(object: ApiObject, shape = anything as Shape<T>): Promise<T> {
    const { namespace } = object.metadata;
    return this.at(object, (resource) =>
      this.request(
        {
          method: "POST",
          path: `${pathOf(resource, { namespace })}?${FIELD_MANAGER}`,
          body: object,
        },
        shape,
        wasNotProcessed,
      ),
    );
  }

  /** Creates or changes an object so that it has the given fields. Fields that others wrote stay. */
  serverSideApply(object: ApiObject): Promise<ApiObject> {
    return this.at(object, (resource) =>
      this.patch(pathOf(resource, object.metadata), "apply", object),
    );
  }

  /** Patches an object. With `metadata.resourceVersion` in the patch, it fails if somebody else changed the object. */
  mergePatch(name: ObjectName, patch: object): Promise<ApiObject> {
    return this.at(name, (resource) =>
      this.patch(pathOf(resource, name), "merge", patch),
    );
  }

  /**
   * Has an object written as it is, and gets only its metadata. An API server does that if it would write the value into
   * etcd in another way now.
   */
  touch(path: string): Promise<ApiObject> {
    return this.patch(path, "merge", {}, METADATA_ONLY);
  }

  /** Removes an object, if it and its kind exist. Returns before its finalizers have run. */
  async remove(name: ObjectName): Promise<void> {
    await ignoreAbsent(
      this.at(name, (resource) =>
        this.request(
          {
            method: "DELETE",
            path: pathOf(resource, name),
            body: { propagationPolicy: "Background" },
          },
          anything,
        ),
      ),
    );
  }

  /** Creates a token for a service account. The API server decides how long it is valid. */
  async serviceAccountToken(
    { namespace, name }: { namespace: string; name: string },
    spec: {
      readonly audiences?: readonly string[];
      readonly expirationSeconds: number;
    },
  ): Promise<string> {
    const body = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec,
    };
    const { status } = await this.at(
      { apiVersion: "v1", kind: "ServiceAccount" },
      (resource) =>
        this.request(
          {
            method: "POST",
            path: `${pathOf(resource, { namespace, name })}/token`,
            body,
          },
          TOKEN_REQUEST,
        ),
    );
    return status.token;
  }

  /** Evicts a pod, without repeating the request. Refused with 429 if a disruption budget does not allow it now. */
  async evict({ metadata }: ApiObject): Promise<void> {
    const { name, namespace, uid } = metadata;
    const eviction = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    };
    await ignoreAbsent(
      this.at({ apiVersion: "v1", kind: "Pod" }, (resource) =>
        this.server.request({
          method: "POST",
          path: `${pathOf(resource, metadata)}/eviction`,
          body: eviction,
        }),
      ),
    );
  }

  /** Closes the connections. */
  close(): void {
    this.server.close();
  }

  /** Finds the resource of a kind for an action. Discovers it again if the kind is no longer, or not yet, served there. */
  private at<T>(
    kind: ObjectKind,
    action: (resource: Resource) => Promise<T>,
  ): Promise<T> {
    return retry(async () => action(await this.discovery.resource(kind)), {
      clock: this.clock,
      limit: SERVING,
      isTemporary: (error) => {
        const isNotServed =
          isRefusal(error, 404) && error.refusal.details?.name === undefined;
        if (isNotServed) this.discovery.forget(kind);
        return isNotServed;
      },
    });
  }

  private patch(
    path: string,
    kind: keyof typeof PATCHES,
    body: object,
    headers?: ServerRequest["headers"],
  ): Promise<ApiObject> {
    const { contentType, query } = PATCHES[kind];
    return this.request(
      {
        method: "PATCH",
        path: `${path}?${FIELD_MANAGER}${query}`,
        contentType,
        headers,
        body,
      },
      OBJECT,
    );
  }

  private request<T>(
    request: ServerRequest,
    shape: Shape<T>,
    mayRepeat: (error: unknown) => boolean = isTemporary,
  ): Promise<T> {
    const { token } = this;
    const headers = {
      ...request.headers,
      ...(token && { authorization: `Bearer ${token}` }),
    };
    return retry(() => this.server.ask({ ...request, headers }, shape), {
      clock: this.clock,
      limit: this.props.patience ?? PATIENCE,
      isTemporary: mayRepeat,
      wait: (error) =>
        error instanceof StatusError ? error.refusal.retryAfter : undefined,
    });
  }
}
