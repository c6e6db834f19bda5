import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import type { ArtefactKind, ArtefactRequest } from "../agent/request";
import type { Batch } from "./batch";
import { Resource } from "./resource";
import type { Store } from "./store";
import { code, jsonTemplate, quote } from "./template";

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
  readonly batch: Batch;
  readonly kind: ArtefactKind;
  /** In words, for `inspect`. */
  readonly purpose: string;
  readonly files: readonly ArtefactFile[];
  /** What is wanted, as the plan shows it: a {@link textTemplate} or {@link yamlTemplate}. */
  readonly spec: string;
  /** What it is made from. */
  readonly upstream?: readonly Artefact[];
  /** The authority that signs it, which is one of `upstream`. */
  readonly issuer?: { readonly certificate: string; readonly key?: string };
  /** Holds a certificate, which a plan renews before its end. */
  readonly expires?: boolean;
  /** A Go duration; absent: when a third of the lifetime is left. */
  readonly renewBefore?: string;
  /** Cannot be made twice: its files' loss is no reason to make others, but fails the plan (see {@link Guard}). */
  readonly irreplaceable?: boolean;
}

/** A file, or a certificate with its key: what the plan shows. Its batch makes it. */
export class Artefact extends Construct {
  readonly resource: Resource;
  /** Its first file: its name in batches, stamps and the triggers of what is made from it. */
  readonly name: string;
  readonly files: readonly ArtefactFile[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ArtefactProps,
  ) {
    super(scope, id);
    this.files = props.files;
    this.name = props.files[0].path;
    for (const file of props.files) props.store.reserve(file.path, this);

    const upstream = props.upstream ?? [];
    this.resource = new Resource(this, "Resource", {
      provider: props.store.provider,
      triggers: () => ({
        files: this.fileLines(),
        spec: props.spec,
        ...(props.renewBefore && { renew_before: props.renewBefore }),
        ...Object.fromEntries(
          upstream.map((from) => [`from ${from.name}`, from.resource.id]),
        ),
        intact: props.irreplaceable ? "ok" : this.intact(),
      }),
    });
    props.batch.add(this);
    for (const from of upstream)
      props.batch.resource.addDependency(from.props.batch.resource);
  }

  /** What the agent is told of it. */
  request(): string {
    const request: ArtefactRequest = {
      kind: this.props.kind,
      purpose: this.props.purpose,
      files: this.resource.trigger("files"),
      spec: this.resource.trigger("spec"),
      inputs: (this.props.upstream ?? []).flatMap((from) =>
        from.files.map(({ path }) => path),
      ),
      issuer: this.props.issuer,
      renewBefore: this.props.renewBefore,
      intact: this.resource.trigger("intact"),
    };
    return jsonTemplate(request);
  }

  /** A file's text as a value: unknown exactly while this artefact is to be made. */
  textOf(file: ArtefactFile, id: string): string {
    return this.value(
      id,
      code`try(file(${this.pathWhenMade(this.props.store.pathOf(file.path))}), null)`,
    );
  }

  /** A file's absolute path as a value, so that what uses it waits until it is made. */
  pathOf(file: ArtefactFile, id: string): string {
    return this.value(
      id,
      code`abspath(${this.pathWhenMade(this.props.store.pathOf(file.path))})`,
    );
  }

  /** When its certificate ends, RFC 3339. */
  get notAfter(): string {
    return this.value(
      "not-after",
      code`try(jsondecode(file(${this.pathWhenMade(this.stamp)})).notAfter, null)`,
    );
  }

  get stamp(): string {
    return stampPath(this.props.store, this.name);
  }

  private value(id: string, expression: string): string {
    const known = this.node.tryFindChild(id) as TerraformLocal | undefined;
    return (known ?? new TerraformLocal(this, id, expression)).asString;
  }

  /** Nothing is appended, but Terraform has to know the artefact's batch first. */
  private pathWhenMade(path: string): string {
    return code`"${quote(path).slice(1, -1)}\${substr(${this.props.batch.resource.trigger(this.name)}, 0, 0)}"`;
  }

  private fileLines(): string {
    return this.files
      .map(({ path, mode, owner }) =>
        [path, mode, ...(owner ? [owner] : [])].join(" "),
      )
      .join("\n");
  }

  /** The stamp's token while the files are as they were made and the certificate is not due, else something new. */
  private intact(): string {
    const conditions = [
      `s.sha256 == ${sha256Of(this.props.store, this.files)}`,
    ];
    if (this.props.expires) {
      const beforeRenewable = "timecmp(plantimestamp(), s.renewable) < 0";
      const beforeWindow = `timecmp(plantimestamp(), timeadd(s.notAfter, "-${this.props.renewBefore}")) < 0`;
      conditions.push(
        this.props.renewBefore
          ? `(${beforeWindow} || ${beforeRenewable})`
          : beforeRenewable,
      );
    }
    const stamps = `[jsondecode(file(${quote(this.stamp)}))]`;
    return code`try([for s in ${stamps} : s.token if ${conditions.join(" && ")}][0], timestamp())`;
  }
}

export const stampPath = (store: Store, name: string) =>
  store.pathOf(`.stamps/${name}.json`);

/** The fingerprint of files in a plan, as the agent stamps it. */
export function sha256Of(
  store: Store,
  files: readonly ArtefactFile[],
  suffix = "",
): string {
  const hashes = files.map(({ path }) => {
    const text = quote(store.pathOf(path));
    return `filesha256(${text.slice(0, -1)}${suffix}")`;
  });
  return hashes.length === 1 ? hashes[0] : `join(" ", [${hashes.join(", ")}])`;
}
