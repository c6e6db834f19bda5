import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { ArtefactKind, Place } from "../request/artefact";
import type { TriggeredArtefact } from "./request";
import { type Description, Resource } from "./resource";
import type { Store } from "./store";
import { code, type Expression, hasToken, quote } from "./expression";
import { textTemplate } from "./template";

/** How far a certificate's start may be in the future: clocks differ a little, and then waiting is enough. */
const CLOCK_SKEW = "15m";

/** The part of a batch that an artefact needs. */
type ArtefactBatch = Resource & {
  readonly name: string;
  add(artefact: Artefact): void;
};

/** A file of the store, with its mode and its owner on a node. */
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
  /** A description for people, which `inspect` prints. */
  readonly purpose: string;
  readonly files: readonly ArtefactFile[];
  /**
   * The spec, which the plan shows: a {@link textTemplate} or {@link yamlTemplate}. A function is called at synthesis,
   * because the spec may grow until then.
   */
  readonly spec: string | (() => string);
  /**
   * The places of references in the spec. Everything else in it is data.
   * @default - none
   */
  readonly references?: readonly Place[];
  /** The artefacts from which it is made. */
  readonly upstream?: readonly Artefact[];
  /** The CA that signs it, which is one of `upstream`. */
  readonly issuer?: { readonly certificate: string; readonly key?: string };
  /** Whether it contains a certificate, which is renewed before it expires. */
  readonly expires?: boolean;
  /** How long before its expiry it is renewed, as a Go duration. Absent: when a third of its lifetime is left. */
  readonly renewBefore?: string;
  /** A further condition for it to be intact, for example about a file outside the store that is made with it. */
  readonly intactWhile?: Expression;
  /** Whether it is made after the rollout of the control plane. That rollout removes it once it is no longer wanted. */
  readonly afterRollout?: boolean;
  /**
   * Whether `cdktf-control-plane check` finds drift that a plan cannot see, and marks it so that it is made again.
   * @default false
   */
  readonly checked?: boolean;
  /** A condition on values that are known only at apply. If it is false, the plan or the apply fails. */
  readonly precondition?: Precondition;
  /** Whether it must never be made twice. If its files are lost, the plan fails (see {@link Guard}). */
  readonly irreplaceable?: boolean;
  /** Whether an existing key of another algorithm than the spec's is kept instead of refused. */
  readonly keepsKey?: boolean;
}

export interface Precondition {
  readonly condition: Expression;
  readonly errorMessage: string;
}

/** A file, or a certificate with its key, which a plan shows. Its batch makes it. */
export class Artefact extends Resource {
  /** Its first file, which is its name in batches, in stamps, and in the triggers of artefacts made from it. */
  readonly name: string;
  readonly files: readonly ArtefactFile[];
  readonly store: Store;
  readonly batch: ArtefactBatch;
  /** Whether it is made after a rollout. */
  readonly isAfterRollout: boolean;
  /** Whether it must never be made twice. */
  readonly isIrreplaceable: boolean;
  private readonly intact: string;

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
    const intact = this.isIrreplaceable
      ? this.stampToken()
      : this.tokenWhileIntact();
    this.intact = intact.toString();
    if (props.precondition) {
      const { condition, errorMessage } = props.precondition;
      this.addPrecondition({
        condition: condition.toString(),
        errorMessage: textTemplate(errorMessage),
      });
    }
    props.batch.add(this);
    this.isAfterRollout = props.afterRollout ?? false;
    if (this.isAfterRollout) props.store.afterwards.push(this.name);
    for (const from of props.upstream ?? [])
      props.batch.addDependency(from.props.batch);
  }

  get description(): Description {
    const { kind, purpose, issuer, references } = this.props;
    return {
      kind: "artefact",
      files: this.files.map(({ path }) => path),
      batch: this.batch.address,
      of: kind,
      ...(!hasToken(purpose) && { purpose }),
      ...(issuer && { issuer: issuer.certificate }),
      ...(kind === "text" && !references?.length && { literal: true }),
    };
  }

  protected override triggers(): Readonly<Record<string, string>> {
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
      ...(this.props.checked && {
        check: checkToken(this.store, `${this.name}.check`),
      }),
      intact: this.intact,
    };
  }

  get spec(): string {
    const { spec } = this.props;
    return typeof spec === "string" ? spec : spec();
  }

  /** The artefact's part of the batch's request. */
  get request(): TriggeredArtefact {
    const { kind, purpose, issuer, renewBefore } = this.props;
    const { references, upstream = [], keepsKey } = this.props;
    const inputs = upstream.flatMap((from) =>
      from.files.map(({ path }) => path),
    );
    return {
      kind,
      purpose,
      files: this.trigger("files"),
      spec: this.trigger("spec"),
      ...(references?.length && { references }),
      inputs,
      issuer,
      renewBefore,
      ...(keepsKey && { keepsKey }),
      intact: this.trigger("intact"),
    };
  }

  /** A file's text as a Terraform value. It is unknown only in plans that make this artefact. */
  textOf(file: ArtefactFile, id: string): string {
    const path = this.pathWhenMade(this.props.store.pathOf(file.path));
    return this.value(id, code`try(file(${path}), null)`);
  }

  /** A file's absolute path as a Terraform value, so that resources which use it wait until the file is made. */
  pathOf(file: ArtefactFile, id: string): string {
    const path = this.pathWhenMade(this.props.store.pathOf(file.path));
    return this.value(id, code`abspath(${path})`);
  }

  /** The expiry of its certificate, as a time as in RFC 3339. */
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

  /** A path that is unknown until the artefact is made. */
  private pathWhenMade(path: string): Expression {
    return quote(path, this.emptyWhenMade());
  }

  /** An empty text that depends on the batch, and so is unknown until the batch has made this artefact. */
  private emptyWhenMade(): Expression {
    return code`substr(${this.props.batch.trigger(this.name)}, 0, 0)`;
  }

  /** The hashes of its first files. They are unknown only in plans that make this artefact. */
  sha256WhenMade(count: number): Expression {
    const files = this.files.slice(0, count);
    return sha256Of(this.store, files, this.emptyWhenMade());
  }

  private fileLines(): string {
    return this.files
      .map(({ path, mode, owner }) =>
        [path, mode, ...(owner ? [owner] : [])].join(" "),
      )
      .join("\n");
  }

  /**
   * The trigger `intact` of an irreplaceable artefact: the stamp's token, even if the files are missing, because a lost
   * file is the Guard's concern. Without a stamp, it is a new value. Then the files were restored without it, or they
   * were never made because an apply was killed.
   */
  private stampToken(): Expression {
    const stamp = code`jsondecode(file(${quote(this.stamp)}))`;
    return code`try(${stamp}.token, timestamp())`;
  }

  /** The trigger `intact`: the stamp's token if the files are unchanged and not due, and otherwise a new value. */
  private tokenWhileIntact(): Expression {
    const { expires, renewBefore, store, intactWhile } = this.props;
    const same = code`s.sha256 == ${sha256Of(store, this.files)}`;
    const unchanged = intactWhile ? code`${same} && ${intactWhile}` : same;
    const early = code`timecmp(plantimestamp(), s.renewable) < 0`;
    const fresh = renewBefore
      ? code`(${early} || timecmp(plantimestamp(), timeadd(s.notAfter, "-${renewBefore}")) < 0)`
      : early;
    // Stamps of tokens have the time of the cluster's clock, and stamps of the first versions have none.
    const begun = code`try(timecmp(timeadd(plantimestamp(), "${CLOCK_SKEW}"), s.notBefore) >= 0, true)`;
    const valid = this.props.issuer ? code`${fresh} && ${begun}` : fresh;
    const condition = expires ? code`${unchanged} && ${valid}` : unchanged;
    const stamps = code`[jsondecode(file(${quote(this.stamp)}))]`;
    return code`try([for s in ${stamps} : s.token if ${condition}][0], timestamp())`;
  }
}

export const stampPath = (store: Store, name: string) =>
  store.pathOf(`.stamps/${name}.json`);

/**
 * The token that `cdktf-control-plane check` writes for what differs. An apply does not change it, so the plan after the
 * apply is empty.
 */
export const checkToken = (store: Store, name: string): string =>
  code`try(jsondecode(file(${quote(stampPath(store, name))})).token, "")`.toString();

/** The hashes of files as an expression, in the form in which the agent writes them into stamps. */
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
