import { Construct } from "constructs";
import { kubeconfig } from "../../render/kubeconfig";
import { placesOf, reference } from "../../render/references";
import { serviceAccount, tokenSecret } from "../../render/service-account";
import type { ServiceAccountTokenSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { yamlTemplate } from "../../terraform/template";
import * as errors from "../site/access-errors";
import type { ControlPlane } from "../cluster/control-plane";
import { Duration } from "../duration";
import { MODES } from "../files";
import { isDnsName } from "../hosts";
import { type RightsProps, rightsOf } from "../site/rights";
import { checkProps } from "../../props/check";

/** For a program: a service account of a cluster, what it may do, and a token of it. */
export interface ServiceAccountTokenProps extends RightsProps {
  /** Whose API servers it is for. They are reached when the cluster is deployed. */
  readonly controlPlane: ControlPlane;

  /** Where the service account is: a namespace that is there, or that manifests of yours make. A literal. */
  readonly namespace: string;

  /**
   * The name of the service account. A literal.
   * @default - the id
   */
  readonly serviceAccount?: string;

  /**
   * Whether the account is made here, and removed with this construct. Otherwise it is somebody else's, and gets its
   * rights elsewhere.
   * @default true
   */
  readonly create?: boolean;

  /**
   * How long the token is valid: from 10 minutes on. API servers may be set to give less
   * (`service-account-max-token-expiration`); it is renewed in time all the same.
   * @default Duration.days(90)
   */
  readonly lifetime?: Duration;

  /**
   * How long before its end it is planned again, never before two thirds of its lifetime.
   * @default - a third of its lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * Whom the token is for. The API servers take it only where their own audience is among them.
   * @default - the API servers
   */
  readonly audiences?: readonly string[];

  /**
   * A token that doesn't end, kept by the cluster in a Secret `<id>-token` beside the account. Whoever gets hold of it
   * has it until the Secret is deleted: choose it only for what cannot take a new token. Needs a controller manager.
   * @default false
   */
  readonly longLived?: boolean;
}

const LIFETIME = Duration.days(90);
/** What the API servers take: seconds. */
const SHORTEST = Duration.minutes(10);
const LONGEST = 2 ** 32;

/**
 * A token of a service account, as a file and in a kubeconfig: `tokens/<id>.token` and `kubeconfigs/<id>.conf` of the
 * cluster's store. The cluster makes it when it is deployed, and again before it ends; neither plan nor state has it.
 */
export class ServiceAccountToken extends Construct {
  /** @internal */
  readonly artefact: Artefact;
  /** The kubeconfig in the store. @internal */
  readonly kubeconfigFile: string;

  /** @param id Of its files, and of the account unless that has another name: an RFC 1123 subdomain, lower case. */
  constructor(scope: Construct, id: string, props: ServiceAccountTokenProps) {
    super(scope, id);
    checkProps(
      "ServiceAccountTokenProps",
      props,
      `ServiceAccountToken "${id}"`,
    );
    const { controlPlane, namespace, longLived = false } = props;
    const { serviceAccount: name = id, create = true } = props;
    const title = `The token "${id}"`;
    if (!isDnsName(id)) throw errors.invalidTokenName("id", id);
    if (!isDnsName(name)) throw errors.invalidTokenName("serviceAccount", name);
    const rights = rightsOf(title, namespace, props);
    const account = { namespace, name };
    if (!create && hasRights(rights)) throw errors.rightsOfOthers(title, name);
    const context = controlPlane.tokenContext();
    if (!context.reached) throw errors.unreachedCluster(title);
    const secret = longLived ? `${id}-token` : undefined;
    controlPlane.addAccount(account, [
      ...(create ? serviceAccount(account, rights) : []),
      ...(secret ? [tokenSecret(account, secret)] : []),
    ]);

    const { store, certificateAuthority } = controlPlane;
    this.kubeconfigFile = `kubeconfigs/${id}.conf`;
    const spec: ServiceAccountTokenSpec = {
      serviceAccount: account,
      ...(secret ? { secret } : boundToken(title, props)),
      kubeconfig: kubeconfig({
        clusterName: context.clusterName,
        server: controlPlane.endpoint,
        authority: reference({
          $base64: certificateAuthority.artefact.files[0].path,
        }),
        user: name,
        credentials: { token: reference({ $token: "own" }) },
        namespace,
      }),
    };
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch: context.batch,
      kind: "service-account-token",
      purpose: `token of the service account ${namespace}/${name}`,
      files: [
        { path: `tokens/${id}.token`, mode: MODES.private },
        { path: this.kubeconfigFile, mode: MODES.private },
      ],
      spec: yamlTemplate(spec, toYaml),
      references: placesOf([spec]),
      afterRollout: true,
      checked: true,
      upstream: [certificateAuthority.artefact],
      expires: !longLived,
      renewBefore: longLived ? undefined : props.renewBefore?.toString(),
    });
  }

  /** The file with the token and nothing else, absolute; known once it is made. */
  get tokenPath(): string {
    return this.artefact.pathOf(this.artefact.files[0], "token-path");
  }

  /** The kubeconfig, absolute; known once it is made. */
  get path(): string {
    return this.artefact.pathOf(this.artefact.files[1], "path");
  }

  /** When it ends, RFC 3339; known once it is made. */
  get notAfter(): string {
    return this.artefact.notAfter;
  }
}

const hasRights = (rights: ReturnType<typeof rightsOf>): boolean =>
  [
    rights.clusterRoles,
    rights.namespaceClusterRoles,
    rights.namespaceRoles,
  ].some((roles) => roles.length > 0);

function boundToken(
  title: string,
  { lifetime = LIFETIME, audiences }: ServiceAccountTokenProps,
): Pick<ServiceAccountTokenSpec, "lifetime" | "audiences"> {
  const seconds = lifetime.toSeconds();
  if (seconds < SHORTEST.toSeconds() || seconds > LONGEST)
    throw errors.invalidTokenLifetime(title, String(lifetime));
  if (audiences && !audiences.every((audience) => audience.trim() !== ""))
    throw errors.invalidAudience(title);
  return {
    lifetime: String(lifetime),
    ...(audiences?.length && { audiences }),
  };
}
