import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { ArtefactKind, ArtefactRequest, Place } from "../request/request";
import { type Description, Resource } from "./resource";
import type { Store } from "./store";
import { code, type Expression, quote } from "./expression";
import { jsonTemplate, textTemplate } from "./template";

/** The batch of an artefact, as far as the artefact needs it. */
type ArtefactBatch = Resource & {
  readonly name: string;
  add(artefact: Artefact): void;
};

/** A file of the store and what it will be on a node. */
export interface ArtefactFile {
  /** Relative to the store. */
  readonly path: string;
  /** Octal: `0600`. */
  readonly mode: string;
  /** `user:group` on the node. */
  readonly owner?: string;
}

export interface ArtefactProps {
  readonly store: Store;
  readonly batch: ArtefactBatch;
  readonly kind: ArtefactKind;
  /** In words, for `inspect`. */
  readonly purpose: string;
  readonly files: readonly ArtefactFile[];
  /**
   * What is wanted, as the plan shows it: a {@link textTemplate} or {@link yamlTemplate}. Asked for at synthesis where
   * it grows until then.
   */
  readonly spec: string | (() => string);
  /**
   * Where the spec holds references. Everything else in it is data.
   * @default - nowhere
   */
  readonly references?: readonly Place[];
  /** What it is made from. */
  readonly upstream?: readonly Artefact[];
  /** The authority that signs it, which is one of `upstream`. */
  readonly issuer?: { readonly certificate: string; readonly key?: string };
  /** Holds a certificate, which a plan renews before its end. */
  readonly expires?: boolean;
  /** A Go duration; absent: when a third of the lifetime is left. */
  readonly renewBefore?: string;
  /** What else has to be true for it to be as it was made: of something elsewhere that is made with it. */
  readonly while?: Expression;
  /** Whether it is made after the rollout of the store's control plane, which undoes it when it is no longer wanted. */
  readonly afterRollout?: boolean;
  /**
   * Whether `cdktf-control-plane check` sees what a plan can't see of it, and marks it where it has to be made anew.
   * @default false
   */
  readonly checked?: boolean;
  /** What has to be true of its values that are known only at apply; a plan or an apply fails otherwise. */
  readonly precondition?: Precondition;
  /** Cannot be made twice: its files' loss is no reason to make others, but fails the plan (see {@link Guard}). */
  readonly irreplaceable?: boolean;
}

export interface Precondition {
  readonly condition: Expression;
  readonly errorMessage: string;
}

/** A file, or a certificate with its key: what the plan shows. Its batch makes it. */
export class Artefact extends Resource {
  /** Its first file: its name in batches, stamps and the triggers of what is made from it. */
  readonly name: string;
  readonly files: readonly ArtefactFile[];
  readonly store: Store;
  readonly batch: ArtefactBatch;
  /** Whether a rollout comes before it. */
  readonly isAfterRollout: boolean;
  /** Whether it cannot be made twice. */
  readonly isIrreplaceable: boolean;
  private readonly intact: string;
  private madeRequest?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ArtefactProps,
  ) {
    super(scope, id, props.store);
    this.store = props.store;
    this.batch = props.batch;
    this.files = props.files;
    this.name = props.files[0].path;
    for (const file of props.files) props.store.reserve(file.path, this);
    this.isIrreplaceable = props.irreplaceable ?? false;
    const intact = this.isIrreplaceable ? this.identity() : this.fingerprint();
    this.intact = intact.toString();
    if (props.precondition) {
      const { condition, errorMessage } = props.precondition;
      this.lifecycle = {
        precondition: [
          {
            condition: condition.toString(),
            errorMessage: textTemplate(errorMessage),
          },
        ],
      };
    }
    props.batch.add(this);
    this.isAfterRollout = props.afterRollout ?? false;
    if (this.isAfterRollout) props.store.afterwards.push(this.name);
    for (const from of props.upstream ?? [])
      props.batch.addDependency(from.props.batch);
  }

  get description(): Description {
    const { kind, references } = this.props;
    return {
      kind: "artefact",
      files: this.files.map(({ path }) => path),
      batch: this.batch.address,
      ...(kind === "text" && !references?.length && { literal: true }),
    };
  }

  protected override triggers() {
    const { renewBefore, upstream = [] } = this.props;
    return {
      files: this.fileLines(),
      spec: this.spec,
      ...(renewBefore && { renew_before: renewBefore }),
      ...Object.fromEntries(
        upstream.map((from) => [
          `from ${from.name}`,
          from.replacement.toString(),
        ]),
      ),
      ...(this.props.checked && { check: this.checkToken() }),
      intact: this.intact,
    };
  }

  get spec(): string {
    const { spec } = this.props;
    return typeof spec === "string" ? spec : spec();
  }

  /** What `cdktf-control-plane check` writes; it stays, so that the plan after the next apply is empty. */
  private checkToken(): string {
    const mark = quote(stampPath(this.props.store, `${this.name}.check`));
    return code`try(jsondecode(file(${mark})).token, "")`.toString();
  }

  /** What the agent is told of it; made once, because synthesis asks more than once. */
  get request(): string {
    return (this.madeRequest ??= this.makeRequest());
  }

  private makeRequest(): string {
    const { kind, purpose, issuer, renewBefore } = this.props;
    const { references, upstream = [] } = this.props;
    const inputs = upstream.flatMap((from) =>
      from.files.map(({ path }) => path),
    );
    const request: Untriggered<ArtefactRequest> = {
      kind,
      purpose,
      files: this.trigger("files"),
      spec: this.trigger("spec"),
      ...(references?.length && { references }),
      inputs,
      issuer,
      renewBefore,
      intact: this.trigger("intact"),
    };
    return jsonTemplate(request);
  }

  /** A file's text as a value: unknown exactly while this artefact is to be made. */
  textOf(file: ArtefactFile, id: string): string {
    const path = this.pathWhenMade(this.props.store.pathOf(file.path));
    return this.value(id, code`try(file(${path}), null)`);
  }

  /** A file's absolute path as a value, so that what uses it waits until it is made. */
  pathOf(file: ArtefactFile, id: string): string {
    const path = this.pathWhenMade(this.props.store.pathOf(file.path));
    return this.value(id, code`abspath(${path})`);
  }

  /** When its certificate ends, RFC 3339. */
  get notAfter(): string {
    const stamp = code`jsondecode(file(${this.pathWhenMade(this.stamp)}))`;
    return this.value("not-after", code`try(${stamp}.notAfter, null)`);
  }

  get stamp(): string {
    return stampPath(this.props.store, this.name);
  }

  private value(id: string, expression: Expression): string {
    const known = this.node.tryFindChild(id) as TerraformLocal | undefined;
    return (known ?? new TerraformLocal(this, id, expression.toString()))
      .asString;
  }

  /** Nothing is appended, but Terraform has to know the artefact's batch first. */
  private pathWhenMade(path: string): Expression {
    return quote(path, this.nothingWhenMade());
  }

  private nothingWhenMade(): Expression {
    return code`substr(${this.props.batch.trigger(this.name)}, 0, 0)`;
  }

  /** The fingerprint of its first files: unknown exactly while this artefact is to be made. */
  sha256WhenMade(count: number): Expression {
    const files = this.files.slice(0, count);
    return sha256Of(this.store, files, this.nothingWhenMade());
  }

  private fileLines(): string {
    return this.files
      .map(({ path, mode, owner }) =>
        [path, mode, ...(owner ? [owner] : [])].join(" "),
      )
      .join("\n");
  }

  /**
   * The stamp's token whatever became of the files; something new where there is no stamp: the files came back without
   * it, or were never made, because whoever was at it was killed. That they are lost is the Guard's business.
   */
  private identity(): Expression {
    const stamp = code`jsondecode(file(${quote(this.stamp)}))`;
    return code`try(${stamp}.token, timestamp())`;
  }

  /** The stamp's token while the files are as they were made and the certificate is not due, else something new. */
  private fingerprint(): Expression {
    const { expires, renewBefore, store, while: also } = this.props;
    const same = code`s.sha256 == ${sha256Of(store, this.files)}`;
    const unchanged = also ? code`${same} && ${also}` : same;
    const early = code`timecmp(plantimestamp(), s.renewable) < 0`;
    const fresh = renewBefore
      ? code`(${early} || timecmp(plantimestamp(), timeadd(s.notAfter, "-${renewBefore}")) < 0)`
      : early;
    const condition = expires ? code`${unchanged} && ${fresh}` : unchanged;
    const stamps = code`[jsondecode(file(${quote(this.stamp)}))]`;
    return code`try([for s in ${stamps} : s.token if ${condition}][0], timestamp())`;
  }
}

/** What Terraform fills in from the triggers. */
type Untriggered<T> = {
  readonly [K in keyof T]: T[K] extends string ? T[K] | Expression : T[K];
};

export const stampPath = (store: Store, name: string) =>
  store.pathOf(`.stamps/${name}.json`);

/** The fingerprint of files in a plan, as the agent stamps it. */
export function sha256Of(
  store: Store,
  files: readonly ArtefactFile[],
  suffix?: Expression,
): Expression {
  const hashes = files
    .map(({ path }) =>
      code`filesha256(${quote(store.pathOf(path), suffix)})`.text(),
    )
    .join(", ");
  return files.length === 1 ? code`${hashes}` : code`join(" ", [${hashes}])`;
}
