import {
  type LocalExecProvisioner,
  TerraformResource,
  type TerraformProvider,
} from "cdktf";
import type { Construct } from "constructs";
import { KIND_TRIGGER, type ManifestResource } from "../request/manifest";
import { noHcl } from "./errors";
import { code, type Expression, quote } from "./expression";

/** Runs the agent once: when its resource is created or, with `when: "destroy"`, when it is destroyed. */
export interface Run {
  /** The path of the agent, relative to the stack's folder. */
  readonly agent: string;
  /** Its environment variables, as a map. They contain no secrets, and no shell interprets them. */
  readonly environment: Expression;
  readonly when?: "destroy";
}

/** The store of a resource. */
export interface StorePlace {
  /** Its path, relative to the stack's folder. */
  readonly location: string;
  /** The provider of `null_resource`, if resources are of that type. */
  readonly provider?: TerraformProvider;
}

/** A condition of a plan, as Terraform writes it, and the message if it is false. */
export interface Condition {
  readonly condition: string;
  readonly errorMessage: string;
}

/** A resource's row in the manifest, without its address. */
export type Description = WithoutAddress<ManifestResource>;

type WithoutAddress<Row> = Row extends unknown ? Omit<Row, "address"> : never;

/**
 * The base of all resources: a built-in `terraform_data`, or a `null_resource` if its provider is given. It does not
 * extend cdktf's `DataResource`, because that one runs Terraform for its version whenever one is created.
 */
export abstract class Resource extends TerraformResource {
  private readonly upstream = new Set<Resource>();
  private readonly preconditions = new Map<string, Condition>();

  constructor(
    scope: Construct,
    id: string,
    /** @internal */
    readonly place: StorePlace,
  ) {
    super(scope, id, {
      terraformResourceType: place.provider
        ? "null_resource"
        : "terraform_data",
      provider: place.provider,
    });
  }

  /** Its row in the manifest, for the command line. Read at synthesis. @internal */
  abstract get description(): Description;

  /** Its triggers: a change of any of them replaces the resource. Read at synthesis, because they may grow until then. */
  protected triggers?(): Readonly<Record<string, string>>;

  /** The trigger for a resource that needs no others, so that the command line recognises it in the state. */
  protected get kindTrigger(): Readonly<Record<string, string>> {
    return { [KIND_TRIGGER]: this.description.kind };
  }

  /** The provisioner that runs the agent, if there is one. Read at synthesis. */
  protected run?(): Run;

  /** Its id, which is new with each replacement, and unknown in a plan that replaces it. */
  get replacement(): Expression {
    return code`${this.address}.id`;
  }

  /** The value of a trigger. It is unknown only in plans that change it to a value known at apply. */
  trigger(name: string): Expression {
    return code`${this.address}.${this.triggersAttribute}[${quote(name)}]`;
  }

  /** A trigger as it is written in `ignore_changes`. */
  protected triggerReference(name: string): string {
    return this.place.provider
      ? `${this.triggersAttribute}["${name}"]`
      : `${this.triggersAttribute}.${name}`;
  }

  addDependency(resource: Resource): void {
    if (resource !== this) this.upstream.add(resource);
  }

  /** Adds a condition without which the plan, or the apply, fails before this resource is touched. */
  addPrecondition(condition: Condition): void {
    this.preconditions.set(JSON.stringify(condition), condition);
  }

  override toTerraform(): Record<string, unknown> {
    if (this.preconditions.size > 0)
      this.lifecycle = {
        ...this.lifecycle,
        precondition: [...this.preconditions.values()],
      };
    const run = this.run?.();
    if (run) this.provisioners = [localExec(run)];
    if (this.upstream.size > 0)
      this.dependsOn = [...this.upstream].map(({ address }) => address);
    return super.toTerraform();
  }

  /** Refuses HCL: without this, cdktf would write resources that do nothing. */
  override toHclTerraform(): never {
    throw noHcl(this.node.path);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const triggers = this.triggers?.();
    return triggers ? { [this.triggersAttribute]: triggers } : {};
  }

  /**
   * Its address in the stack. It is a literal text instead of a cdktf token, because all references to it are in the same
   * stack, and resolving thousands of tokens takes longer than the rest of synthesis.
   */
  get address(): string {
    return `${this.terraformResourceType}.${this.friendlyUniqueId}`;
  }

  protected get triggersAttribute(): string {
    return this.place.provider ? "triggers" : "triggers_replace";
  }
}

/** A provisioner that starts Node directly, without a shell. cdktf's type lacks `quiet`, but cdktf passes it on. */
function localExec(
  run: Run,
): LocalExecProvisioner & { readonly quiet: boolean } {
  return {
    type: "local-exec",
    interpreter: ["node"],
    command: run.agent,
    // As a text: cdktf's map tokens are slow, and a known expression needs no token.
    environment: run.environment.toString() as never,
    quiet: true,
    when: run.when,
  };
}
