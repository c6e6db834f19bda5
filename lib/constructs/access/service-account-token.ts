import { Construct } from "constructs";
import { kubeconfig } from "../../render/kubeconfig";
import type { Rights } from "../../render/rbac";
import { placesOf, reference } from "../../render/references";
import { serviceAccount, tokenSecret } from "../../render/service-account";
import type { ServiceAccountTokenSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { yamlTemplate } from "../../terraform/template";
import * as errors from "../site/access-errors";
import type { ControlPlane } from "../cluster/control-plane";
import {
  type EphemeralCredentials,
  ephemeralCredentials,
  type KubeconfigFile,
  type ProviderCredentials,
  providerCredentials,
} from "../pki/provider-credentials";
import { Duration } from "../duration";
import { MODES } from "../files";
import { isDnsName } from "../hosts";
import { type RightsProps, rightsOf } from "../site/rights";
import { checkProps } from "../../props/check";
import { renewalOf } from "../pki/lifetime";

/** A service account for a program: what it may do, and the token that it gets. */
export interface ServiceAccountTokenProps extends RightsProps {
  /** The cluster that issues the token. Its API servers must be reachable during the deploy. */
  readonly controlPlane: ControlPlane;

  /** The namespace of the service account: one that exists, or one that your manifests create. A literal. */
  readonly namespace: string;

  /**
   * The name of the service account. A literal.
   * @default - the id of this construct
   */
  readonly serviceAccount?: string;

  /**
   * Whether this construct creates the account, and removes it when the construct is removed. With `false`, the account
   * exists already and gets its rights elsewhere.
   * @default true
   */
  readonly create?: boolean;

  /**
   * How long the token is valid, at least 10 minutes. API servers can be configured to grant less
   * (`service-account-max-token-expiration`); the token is still renewed in time.
   * @default Duration.days(90)
   */
  readonly lifetime?: Duration;

  /**
   * How long before its end the token is planned for renewal, but never before two thirds of its lifetime have passed.
   * @default - a third of its lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * The audiences of the token. The API servers accept it only if their own audience is in the list.
   * @default - the API servers
   */
  readonly audiences?: readonly string[];

  /**
   * Whether the token never expires. The cluster keeps it in a Secret `<id>-token` in the namespace of the account. If
   * it is stolen, it works until the Secret is deleted, so use it only for programs that cannot reload a token. Needs a
   * controller manager.
   * @default false
   */
  readonly longLived?: boolean;
}

const LIFETIME = Duration.days(90);
/** The shortest lifetime that API servers grant. */
const SHORTEST = Duration.minutes(10);
/** The longest lifetime that API servers grant. */
const LONGEST = Duration.hours(2 ** 32 / 3600);

/**
 * A token of a service account, as a file and in a kubeconfig: `tokens/<id>.token` and `kubeconfigs/<id>.conf` in the
 * cluster's store. The cluster issues it during the deploy, and again before it expires. It is in neither the plan nor
 * the state.
 */
export class ServiceAccountToken extends Construct {
  /** @internal */
  readonly artefact: Artefact;
  /** The kubeconfig in the store. @internal */
  readonly kubeconfigFile: string;

  /**
   * @param id Names its files and, unless `serviceAccount` is set, the account: an RFC 1123 subdomain in lower case.
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceAccountTokenProps,
  ) {
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
    if (!create && hasRights(rights))
      throw errors.rolesWithoutCreate(title, name);
    const context = controlPlane.tokenContext();
    const { keyPair } = context;
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
      ...(keyPair && { publicKeys: keyPair.artefact.files[1].path }),
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
    const purpose = `token of the service account ${namespace}/${name}`;
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch: context.batch,
      kind: "service-account-token",
      purpose,
      files: [
        { path: `tokens/${id}.token`, mode: MODES.private },
        { path: this.kubeconfigFile, mode: MODES.private },
      ],
      spec: yamlTemplate(spec, toYaml),
      references: placesOf([spec]),
      afterRollout: true,
      checked: true,
      upstream: [
        certificateAuthority.artefact,
        ...(keyPair ? [keyPair.artefact] : []),
      ],
      expires: !longLived,
      renewBefore: longLived
        ? undefined
        : renewalOf(
            { ...props, validity: props.lifetime ?? LIFETIME },
            purpose,
          ),
    });
  }

  /** The absolute path of the file that contains only the token. Known after the apply. */
  get tokenPath(): string {
    return this.artefact.pathOf(this.artefact.files[0], "token-path");
  }

  /** The absolute path of the kubeconfig. Known after the apply. */
  get path(): string {
    return this.artefact.pathOf(this.artefact.files[1], "path");
  }

  /**
   * How a provider in another stack reaches the API servers with this token. Terraform never sees the token: the provider
   * runs a command that reads it from the store. The stack is deployed after the one with the store.
   * @param stack The stack of the provider, or a construct in it.
   */
  credentials(stack: Construct): ProviderCredentials {
    return providerCredentials(this.file(), stack);
  }

  /**
   * How a provider in another stack reaches the API servers with this token, as an ephemeral value. Needs Terraform 1.10
   * or OpenTofu 1.11. The stack is deployed after the one with the store.
   * @param stack The stack of the provider, or a construct in it.
   */
  ephemeralCredentials(stack: Construct): EphemeralCredentials {
    return ephemeralCredentials(this.file(), stack, "token");
  }

  private file(): KubeconfigFile {
    const { endpoint: server, certificateAuthority } = this.props.controlPlane;
    const { store } = this.artefact;
    return { store, path: this.kubeconfigFile, server, certificateAuthority };
  }

  /** When the token expires, as an RFC 3339 time. Known after the apply. */
  get notAfter(): string {
    return this.artefact.notAfter;
  }
}

const hasRights = (rights: Rights): boolean =>
  rights.clusterRoles.length > 0 ||
  rights.namespaceClusterRoles.length > 0 ||
  rights.namespaceRoles.length > 0;

function boundToken(
  title: string,
  { lifetime = LIFETIME, audiences }: ServiceAccountTokenProps,
): Pick<ServiceAccountTokenSpec, "lifetime" | "audiences"> {
  lifetime.requireWithin(
    `lifetime of ${title.replace(/^T/, "t")}`,
    SHORTEST,
    LONGEST,
  );
  if (audiences && !audiences.every((audience) => audience.trim() !== ""))
    throw errors.invalidAudience(title);
  return {
    lifetime: String(lifetime),
    ...(audiences?.length && { audiences }),
  };
}
