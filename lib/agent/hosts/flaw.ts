/**
 * The rule for all that root does with a path on a host, decided here once. Whoever can write to a folder can swap what
 * is in it between two steps of a script, and a shell has no way to hold a folder open. So each folder on the way has to
 * be root's, closed to all other writers, and no link: then only root can change where the path leads. Systems come with
 * links of their own (`/bin`, `/var/run`, `/usr/local` of some): those directly in `/`, `/usr` and `/var` are followed,
 * and the same holds for where they lead. An access control list that lets others write shows in the group's mode.
 */
export interface Flaw {
  /** On the way to it. */
  readonly path: string;
  /** `/home/app belongs to app` */
  readonly problem: string;
  /** What to do about that, on the host. */
  readonly remedy: string;
}
