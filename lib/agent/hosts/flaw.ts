/**
 * A reason why root must not use a path on a host. Scripts run as root, and a shell cannot hold a folder open. So somebody
 * who can write to a folder could exchange its content between two steps of a script. Therefore each folder of a path must
 * belong to root, must not be writable by others, and must not be a link: then only root can change where the path leads.
 * Operating systems have links of their own (`/bin`, `/var/run`, on some `/usr/local`). So links directly in `/`, `/usr`
 * and `/var` are followed, and the same rule applies to their targets. An access control list that lets others write is
 * visible in the mode of the group.
 */
export interface Flaw {
  /** The path that was checked. */
  readonly path: string;
  /** `/home/app belongs to app` */
  readonly problem: string;
  /** What to do on the host to solve the problem. */
  readonly remedy: string;
}
