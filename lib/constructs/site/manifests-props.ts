/** Kubernetes objects, given as either `objects` or `file`. */
export interface ManifestsProps {
  /**
   * The objects. Each needs `apiVersion`, `kind` and `metadata.name`; tokens are allowed at any depth. Not for secrets:
   * plan and state show them.
   * @default - the objects in `file`
   */
  readonly objects?: readonly Readonly<Record<string, unknown>>[];

  /**
   * A file with YAML documents on this machine, relative to the working directory. Terraform sees only its path and its
   * hash; the agent reads it at apply.
   * @default - `objects`
   */
  readonly file?: string;
}
