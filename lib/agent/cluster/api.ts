import type { Clock } from "../../base/clock";
import { StatusError } from "./errors";
import type { ApiObject, ObjectName, Selection } from "./api-object";
import type { Host } from "../hosts/host";
import { LIMITS } from "../../base/limits";
import {
  anything,
  fields,
  list,
  optional,
  type Shape,
  text,
} from "../../base/shape";
import { Discovery, type ObjectKind, pathOf, type Resource } from "./discovery";
import { Server, type ServerRequest } from "./https";
import { parseKubeconfig } from "./kubeconfig";
import { absentIsFine, isRefusal, passes, wasNotTaken } from "./refusals";
import { retry } from "./retry";
import { OBJECT } from "./shapes";

/** Who writes: what it wrote and no longer wants is removed, what others wrote stays. */
export const FIELD_MANAGER = "cdktf-control-plane";

export interface KubernetesApiProps {
  /** One with embedded certificates, and its path, for people. */
  readonly kubeconfig: string;
  readonly path: string;
  readonly host: Host;
  /** Of one API server, as its certificate has it; whatever the kubeconfig names. */
  readonly address: string;
  readonly port: number;
  readonly clock: Clock;
  /** Milliseconds for which a request is repeated that fails for a reason that passes. */
  readonly patience?: number;
}

const VERSION = fields({ gitVersion: text });
const TOKEN_REQUEST = fields({ status: fields({ token: text }) });

const PATIENCE = 60_000;
/** Milliseconds until a kind is served that is said to be. */
const SERVING = 10_000;

/** One API server, asked through a host. */
export class KubernetesApi {
  readonly clock: Clock;
  private readonly discovery: Discovery;
  private readonly server: Server;

  constructor(
    private readonly props: KubernetesApiProps,
    /** Of somebody else than the kubeconfig's user. */
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

  /** The same API server, asked by the bearer of a token. */
  asBearerOf(token: string): KubernetesApi {
    return new KubernetesApi(this.props, token);
  }

  /** Whether it serves now. */
  async ready(): Promise<boolean> {
    try {
      await this.server.request({
        method: "GET",
        path: "/readyz",
        limit: LIMITS.healthAnswer,
      });
      return true;
    } catch (error) {
      if (passes(error) || isRefusal(error, 500)) return false;
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

  /** `undefined` where it isn't there. */
  get<T extends ApiObject>(
    name: ObjectName,
    shape = OBJECT as Shape<T>,
  ): Promise<T | undefined> {
    return absentIsFine(
      this.at(name, (resource) =>
        this.request({ method: "GET", path: pathOf(resource, name) }, shape),
      ),
    );
  }

  /** Of all namespaces where none is given. */
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
    // The items of a list don't say what they are.
    const { apiVersion, kind: name } = kind;
    return items.map((item) => ({ ...item, apiVersion, kind: name }));
  }

  /** Repeated only where the first one surely was not taken. */
  create<T>(object: ApiObject, shape = anything as Shape<T>): Promise<T> {
    const { namespace } = object.metadata;
    return this.at(object, (resource) =>
      this.request(
        {
          method: "POST",
          path: `${pathOf(resource, { namespace })}?${query({})}`,
          body: object,
        },
        shape,
        wasNotTaken,
      ),
    );
  }

  /** Makes the object as it is described, and leaves what others wrote into it. */
  serverSideApply(
    object: ApiObject,
    { fieldManager = FIELD_MANAGER, force = true } = {},
  ): Promise<ApiObject> {
    return this.at(object, (resource) =>
      this.request(
        {
          method: "PATCH",
          path: `${pathOf(resource, object.metadata)}?${query({ fieldManager, force: `${force}` })}`,
          contentType: "application/apply-patch+yaml",
          body: object,
        },
        OBJECT,
      ),
    );
  }

  /** With `metadata.resourceVersion` in the patch it fails where somebody else was faster. */
  mergePatch(name: ObjectName, patch: object): Promise<ApiObject> {
    return this.at(name, (resource) =>
      this.request(
        {
          method: "PATCH",
          path: `${pathOf(resource, name)}?${query({})}`,
          contentType: "application/merge-patch+json",
          body: patch,
        },
        OBJECT,
      ),
    );
  }

  /** One that isn't there is fine, and so is a kind. Returns before finalizers have done what they do. */
  async remove(
    name: ObjectName,
    { propagation = "Background" as "Background" | "Foreground" } = {},
  ): Promise<void> {
    await absentIsFine(
      this.at(name, (resource) =>
        this.request(
          {
            method: "DELETE",
            path: pathOf(resource, name),
            body: { propagationPolicy: propagation },
          },
          anything,
        ),
      ),
    );
  }

  /** A token of a service account; the API server decides how long it lives. */
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

  /** Asks a pod to go: refused with 429 where a disruption budget doesn't allow it now. Tried once. */
  async evict({ metadata }: ApiObject): Promise<void> {
    const { name, namespace, uid } = metadata;
    const eviction = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    };
    await absentIsFine(
      this.at({ apiVersion: "v1", kind: "Pod" }, (resource) =>
        this.server.request({
          method: "POST",
          path: `${pathOf(resource, metadata)}/eviction`,
          body: eviction,
        }),
      ),
    );
  }

  /** Ends its connections. */
  close(): void {
    this.server.close();
  }

  /** Where the kind is; looked for anew where that is no longer true, or not true yet. */
  private at<T>(
    kind: ObjectKind,
    action: (resource: Resource) => Promise<T>,
  ): Promise<T> {
    return retry(async () => action(await this.discovery.resource(kind)), {
      clock: this.clock,
      limit: SERVING,
      passes: (error) => {
        const isNowhere =
          isRefusal(error, 404) && error.refusal.details?.name === undefined;
        if (isNowhere) this.discovery.forget(kind);
        return isNowhere;
      },
    });
  }

  private request<T>(
    request: ServerRequest,
    shape: Shape<T>,
    mayRepeat: (error: unknown) => boolean = passes,
  ): Promise<T> {
    const { token } = this;
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    return retry(() => this.server.ask({ ...request, headers }, shape), {
      clock: this.clock,
      limit: this.props.patience ?? PATIENCE,
      passes: mayRepeat,
      wait: (error) =>
        error instanceof StatusError ? error.refusal.retryAfter : undefined,
    });
  }
}

const query = (parameters: Readonly<Record<string, string>>): string =>
  new URLSearchParams({
    fieldManager: FIELD_MANAGER,
    ...parameters,
  }).toString();
