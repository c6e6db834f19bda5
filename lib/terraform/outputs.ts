import { posix } from "node:path";
import { TerraformElement, TerraformOutput, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { WORKSPACE } from "../catalog/paths";
import type { OUTPUT_ENDS } from "../request/manifest";
import { code, CURRENT_WORKSPACE, hasToken, quote } from "./expression";
import type { Resource } from "./resource";
import { textTemplate } from "./template";

/** The control plane of a store, as far as outputs tell about it. */
export interface ToldControlPlane extends IConstruct {
  readonly endpoint: string;
  readonly adminKubeconfig: { readonly artefact: { readonly name: string } };
}

/** A store, as far as outputs tell about it. */
export interface ToldStore extends IConstruct {
  /** The folder, as the program gave it. */
  readonly directory: string;
  readonly controlPlane?: ToldControlPlane;
  /** The resources that make its files. */
  readonly batches: readonly Resource[];
  pathOf(file: string): string;
}

/**
 * What each apply ends with, for each store. No value is null, because cdktf's command line fails to print those. The
 * names are a contract. None of them is the end of another one, so that names of outputs are unique if their prefixes are.
 */
const OUTPUTS: Readonly<
  Record<(typeof OUTPUT_ENDS)[number], (store: ToldStore) => string | undefined>
> = {
  backup: ({ directory }) =>
    here(`${directory} holds private keys: back it up, and never commit it`),
  endpoint: ({ controlPlane }) =>
    controlPlane && unlessSensitive(controlPlane.endpoint),
  kubeconfig: ({ directory, controlPlane }) =>
    controlPlane &&
    here(posix.join(directory, controlPlane.adminKubeconfig.artefact.name)),
  next_expiry: nextExpiry,
};

/** The outputs of a stack that tell about its stores. An output of the program takes the place of ours of the same name. */
export class Outputs extends TerraformElement {
  static of(stack: TerraformStack): Outputs {
    const known = stack.node.tryFindChild(ID) as Outputs | undefined;
    return known ?? new Outputs(stack, ID);
  }

  private readonly stores: ToldStore[] = [];

  add(store: ToldStore): void {
    this.stores.push(store);
  }

  get names(): string[] {
    return this.told().map(({ name }) => name);
  }

  override toTerraform(): Record<string, unknown> {
    const told = this.told();
    const ids = Object.fromEntries(told.map(({ name }) => [name, name]));
    return {
      output: Object.fromEntries(
        told.map(({ name, value }) => [name, { value }]),
      ),
      // cdktf's command line prints only the outputs that are listed here.
      "//": {
        outputs: this.cdktfStack.node.path
          .split("/")
          .reduceRight<object>((inner, part) => ({ [part]: inner }), ids),
      },
    };
  }

  private told(): { readonly name: string; readonly value: string }[] {
    const stack = this.cdktfStack;
    const taken = new Set(
      stack.node
        .findAll()
        .filter((each) => TerraformOutput.isTerraformOutput(each))
        .filter((each) => each.cdktfStack === stack)
        .map((each) => each.friendlyUniqueId),
    );
    return this.stores.flatMap((store) => {
      const prefix = this.prefixFor(store);
      return Object.entries(OUTPUTS).flatMap(([id, valueOf]) => {
        const name = `${prefix}_${id}`;
        const value = taken.has(name) ? undefined : valueOf(store);
        return value === undefined ? [] : [{ name, value }];
      });
    });
  }

  /** The path of the control plane, or else of the store. If two paths look the same, they have cdktf's hash. */
  private prefixFor(store: ToldStore): string {
    const stack = this.cdktfStack;
    const path = pathOf(store, stack);
    const isUnique = this.stores.every(
      (other) => other === store || pathOf(other, stack) !== path,
    );
    return isUnique ? path : stack.getLogicalId(ownerOf(store).node);
  }
}

const ID = "control-plane-outputs";

const ownerOf = (store: ToldStore): IConstruct => store.controlPlane ?? store;

/** Terraform allows letters, digits, `_` and `-` in the name of an output. */
function pathOf(store: ToldStore, stack: TerraformStack): string {
  const { scopes } = ownerOf(store).node;
  return scopes
    .slice(scopes.indexOf(stack) + 1)
    .map(({ node }) => node.id.replace(/[^\w-]/g, "_"))
    .join("_");
}

/** A text that may contain the placeholder for the workspace. */
const here = (text: string): string =>
  textTemplate(text.replaceAll(WORKSPACE, CURRENT_WORKSPACE));

/** A text that may contain tokens. One that is sensitive is hidden, because Terraform refuses outputs that show it. */
function unlessSensitive(text: string): string {
  if (!hasToken(text)) return textTemplate(text);
  // Terraform before 1.8 has no `issensitive`. There `nonsensitive` fails for what is not sensitive.
  const ways = [code`issensitive(${text})`, code`can(nonsensitive(${text}))`];
  const [first, second] = ways.map(
    (isHidden) => code`[for each in [0] : ${text} if !${isHidden}][0]`,
  );
  return code`try(${first}, ${second}, "(sensitive)")`.toString();
}

/**
 * The earliest expiry of a certificate or token, without those that a kubelet renews itself. It is read from the stamps,
 * and unknown only in plans that make files.
 */
function nextExpiry(store: ToldStore): string {
  const stamps = store.pathOf(".stamps");
  const ids = store.batches.map(({ replacement }) => replacement);
  const paths = code`fileset(${quote(stamps, code`substr(join("", ${ids}), 0, 0)`)}, "**/*.json")`;
  const read = code`[for path in ${paths} : try(jsondecode(file(${quote(`${stamps}/`, code`path`)})), {})]`;
  const time = code`timeadd(s.notAfter, "0s")`;
  const times = code`[for s in ${read} : ${time} if can(${time}) && try(s.renewBefore, "") != "0h"]`;
  return code`try(sort(${times})[0], "none")`.toString();
}
