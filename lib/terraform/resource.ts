import {
  dependable,
  type LocalExecProvisioner,
  TerraformResource,
  Token,
  type TerraformProvider,
} from "cdktf";
import type { Construct } from "constructs";

/** Runs the agent once, when its resource is made or, with `when: "destroy"`, when it goes. */
export interface Run {
  /** The agent, relative to the stack's folder. */
  readonly agent: string;
  /** Its arguments: never a secret, never in a shell's hands. */
  readonly environment: Readonly<Record<string, string>>;
  readonly when?: "destroy";
}

/** A condition that a plan checks as soon as all of it is known. */
export interface Condition {
  readonly condition: string;
  readonly errorMessage: string;
}

export interface ResourceProps {
  /** Makes it a `null_resource` of this provider; the default is the built-in `terraform_data`. */
  readonly provider?: TerraformProvider;
  /** A change of one of them replaces the resource. Read at synthesis, so that they may still grow until then. */
  readonly triggers?: () => Readonly<Record<string, string>>;
  readonly run?: () => Run;
  readonly postcondition?: Condition;
}

/**
 * The one kind of resource there is. Thin on purpose: cdktf's own `DataResource` asks for Terraform's version
 * each time one is made, and knows nothing of `null_resource`.
 */
export class Resource extends TerraformResource {
  private readonly upstream = new Set<Resource>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ResourceProps,
  ) {
    super(scope, id, {
      terraformResourceType: props.provider
        ? "null_resource"
        : "terraform_data",
      provider: props.provider,
      lifecycle: props.postcondition
        ? { postcondition: [props.postcondition] }
        : undefined,
    });
  }

  /** A new one with each replacement; known only at apply where one is planned. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The value of a trigger: unknown exactly while what it stands for is to be made. */
  trigger(name: string): string {
    return Token.asString(
      this.interpolationForAttribute(
        `${this.triggersAttribute}[${JSON.stringify(name)}]`,
      ),
    );
  }

  addDependency(resource: Resource): void {
    if (resource === this || this.upstream.has(resource)) return;
    this.upstream.add(resource);
    this.dependsOn = [...(this.dependsOn ?? []), dependable(resource)];
  }

  override toTerraform(): Record<string, unknown> {
    const run = this.props.run?.();
    if (run) this.provisioners = [localExec(run)];
    return super.toTerraform();
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.props.triggers
      ? { [this.triggersAttribute]: this.props.triggers() }
      : {};
  }

  private get triggersAttribute(): string {
    return this.props.provider ? "triggers" : "triggers_replace";
  }
}

/** Straight to node: no shell reads anything of it. cdktf knows nothing of `quiet`, but hands it on. */
function localExec(
  run: Run,
): LocalExecProvisioner & { readonly quiet: boolean } {
  return {
    type: "local-exec",
    interpreter: ["node"],
    command: run.agent,
    environment: run.environment,
    quiet: true,
    when: run.when,
  };
}
