import {
  type LocalExecProvisioner,
  TerraformResource,
  type TerraformProvider,
} from "cdktf";
import type { Construct } from "constructs";
import { KIND_TRIGGER, type ManifestResource } from "../request/manifest";
import { noHcl } from "./errors";
import { code, type Expression, quote } from "./expression";

/** Runs the agent once, when its resource is made or, with `when: "destroy"`, when it goes. */
export interface Run {
  /** The agent, relative to the stack's folder. */
  readonly agent: string;
  /** Its arguments: never a secret, never in a shell's hands. */
  readonly environment: Readonly<Record<string, string>>;
  readonly when?: "destroy";
}

/** The store that a resource works for. */
export interface StorePlace {
  /** Relative to the stack's folder, as Terraform sees it. */
  readonly location: string;
  /** Of `null_resource`. */
  readonly provider?: TerraformProvider;
}

/** What the manifest says of a resource, but for its address. */
export type Description = WithoutAddress<ManifestResource>;

type WithoutAddress<Row> = Row extends unknown ? Omit<Row, "address"> : never;

/**
 * The one kind of resource there is: the built-in `terraform_data`, or a `null_resource` where its provider is given.
 * Thin on purpose: cdktf's own `DataResource` asks for Terraform's version each time one is made.
 */
export abstract class Resource extends TerraformResource {
  private readonly upstream = new Set<Resource>();

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

  /** What the command line is told of it. Read at synthesis. @internal */
  abstract get description(): Description;

  /** A change of one of them replaces the resource. Read at synthesis, so that they may still grow until then. */
  protected triggers?(): Readonly<Record<string, string>>;

  /** For a resource whose triggers are nothing but its kind, so that the state knows it for one of ours. */
  protected get kindTrigger(): Readonly<Record<string, string>> {
    return { [KIND_TRIGGER]: this.description.kind };
  }

  /** What its making or its end runs. Read at synthesis. */
  protected run?(): Run;

  /** A new one with each replacement; known only at apply where one is planned. */
  get replacement(): Expression {
    return code`${this.address}.id`;
  }

  /** The value of a trigger: unknown exactly while what it stands for is to be made. */
  trigger(name: string): Expression {
    return code`${this.address}.${this.triggersAttribute}[${quote(name)}]`;
  }

  /** A trigger as `ignore_changes` names it. */
  protected triggerReference(name: string): string {
    return this.place.provider
      ? `${this.triggersAttribute}["${name}"]`
      : `${this.triggersAttribute}.${name}`;
  }

  addDependency(resource: Resource): void {
    if (resource !== this) this.upstream.add(resource);
  }

  override toTerraform(): Record<string, unknown> {
    const run = this.run?.();
    if (run) this.provisioners = [localExec(run)];
    if (this.upstream.size > 0)
      this.dependsOn = [...this.upstream].map(({ address }) => address);
    return super.toTerraform();
  }

  /** Without it cdktf would write resources that do nothing. */
  override toHclTerraform(): never {
    throw noHcl(this.node.path);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const triggers = this.triggers?.();
    return triggers ? { [this.triggersAttribute]: triggers } : {};
  }

  /**
   * Its address in the stack. Written out instead of as one of cdktf's tokens: all that refers to it is in the same
   * stack, and resolving thousands of tokens costs more than all the rest of synthesis.
   */
  get address(): string {
    return `${this.terraformResourceType}.${this.friendlyUniqueId}`;
  }

  protected get triggersAttribute(): string {
    return this.place.provider ? "triggers" : "triggers_replace";
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
