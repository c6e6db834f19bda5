import { posix } from "node:path";
import type { Construct } from "constructs";
import { PROCESSES, WORKSPACE } from "../catalog/paths";
import type { Anchor } from "./anchor";
import type { Artefact } from "./artefact";
import type { Batch } from "./batch";
import { sha256Of, stampPath } from "./artefact";
import { Resource } from "./resource";
import type { Store } from "./store";
import { code, CURRENT_WORKSPACE, type Expression, quote } from "./expression";
import { textTemplate } from "./template";

export interface GuardProps {
  readonly store: Store;
  readonly batch: Batch;
  readonly artefact: Artefact;
  /** `the certificate authority of Kubernetes` */
  readonly what: string;
  /**
   * Whether users may exchange it, as in a key rotation. Then this fails a plan only if the files are missing; its Anchors
   * detect a change that was not intended.
   * @default false
   */
  readonly exchangeable?: boolean;
  /**
   * Why it cannot be made a second time.
   * @default - nothing that it signed would be trusted any more
   */
  readonly loss?: string;
  /** The anchors of its files, by which its store is found if the folder was renamed in the program. */
  readonly anchors: () => readonly Anchor[];
}

/**
 * Fails every plan if the store has lost an artefact that must never be made twice, even a plan that would replace it. The
 * guard itself is never replaced, so its id, which is part of the paths in the condition, is unknown only at the first
 * apply.
 */
export class Guard extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: GuardProps,
  ) {
    super(scope, id, props.store);
    const { store, batch } = props;
    this.addDependency(batch);
    // A store that is lost as a whole is told once: Terraform skips the guards that depend on the one that failed.
    store.firstGuard ??= this;
    this.addDependency(store.firstGuard);
  }

  override toTerraform(): Record<string, unknown> {
    this.lifecycle = {
      ignoreChanges: [this.triggersAttribute],
      postcondition: [
        condition(
          this.props,
          this.props.store.firstGuard === this ? renamedStore(this.props) : "",
        ),
      ],
    };
    return super.toTerraform();
  }

  get description() {
    return { kind: "guard" } as const;
  }

  protected override triggers() {
    return this.kindTrigger;
  }
}

/** @param renamed A hint that belongs to a store that is lost as a whole. */
function condition(
  {
    store,
    artefact,
    what,
    exchangeable,
    loss = "nothing that it signed would be trusted any more",
  }: GuardProps,
  renamed: string,
) {
  const known = code`substr(self.id, 0, 0)`;
  const stamp = quote(stampPath(store, artefact.name), known);
  const exist = artefact.files
    .map(({ path }) =>
      code`fileexists(${quote(store.pathOf(path), known)})`.text(),
    )
    .join(" && ");
  const unchanged = code`jsondecode(file(${stamp})).sha256 == ${sha256Of(store, artefact.files, known)}`;
  return {
    // Without a stamp, the files only have to exist: a store may have been restored by hand.
    condition: (exchangeable
      ? code`${exist}`
      : code`try(${unchanged}, ${exist}, false)`
    ).toString(),
    errorMessage:
      textTemplate(
        `The state knows ${what}, but in ${store.directory} its files are missing or changed ` +
          `(${artefact.files.map(({ path }) => path).join(", ")}). It cannot be made a second time, because ${loss}. `,
      ) +
      renamed +
      textTemplate(
        "Restore the store from its backup, or run Terraform where the store is. To start over with new keys, " +
          "destroy everything in the store, and delete it.",
      ),
  };
}

/**
 * Names the folder beside the store's that has the same key, if there is one: then `clusterName` or the store's directory
 * was changed in the program. An empty text if there is none, or if several folders have it, as copies do.
 */
function renamedStore({ store, anchors }: GuardProps): string {
  const key = anchors().find(({ file }) => file.path.endsWith(".key"));
  if (!key) return "";
  const directory = store.directory.replaceAll(WORKSPACE, CURRENT_WORKSPACE);
  const siblings = quote(posix.dirname(store.location));
  const isOther = code`!startswith(path, ${quote(`${posix.basename(store.location)}/`)})`;
  const isSame = code`filesha256(join("/", [${siblings}, path])) == ${key.trigger("sha256")}`;
  const found = code`[for path in fileset(${siblings}, ${quote(`*/${key.file.path}`)}) : split("/", path)[0] if try(${isOther} && ${isSame}, false)]`;
  const shown = code`join("/", [${quote(posix.dirname(directory))}, name])`;
  // Processes of a local control plane are known by the path of their store, so they must end first.
  const end = code`fileexists(join("/", [${siblings}, name, ${quote(LOCAL_ETCD)}])) ? format("npx cdktf-control-plane teardown %s && ", ${shellWord(shown)}) : ""`;
  const text = code`format(${quote(RENAMED)}, ${shown}, ${end}, ${shellWord(shown)}, ${shellWord(quote(directory))})`;
  return code`try([for names in [${found}] : [for name in names : ${text}][0] if length(names) == 1][0], "")`.toString();
}

/** A path for people to copy, in quotes if a shell needs them. */
const shellWord = (path: Expression): Expression =>
  code`(can(regex("^[\\\\w@%+=:,./-]+$", ${path})) ? ${path} : join("", ["'", replace(${path}, "'", "'\\\\''"), "'"]))`;

const LOCAL_ETCD = `${PROCESSES}/etcd.json`;
const RENAMED =
  "Its store is still in %s. If you renamed the cluster, move its store, and set allowChangesTo: " +
  '["clusterName"] on the control plane for the next deploy:\n  %smv %s %s\nIf you did not, undo the change of ' +
  "clusterName or outputDirectory. Otherwise: ";
