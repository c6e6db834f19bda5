import { isDeepStrictEqual } from "node:util";
import { KUBELET_UNIT } from "../../catalog/kubelet";
import {
  isManifest,
  KUBELET_DIR,
  NODE_STATE_DIR,
  UNITS_DIR,
} from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import { sha256 } from "../files";
import {
  type Differences,
  differences,
  type HostState,
} from "../hosts/delivery";
import type { HostFile } from "../hosts/host";
import { fromYaml } from "../yaml";
import {
  fingerprintOf,
  type Joining,
  KUBELET_CERTIFICATE,
  KUBELET_KUBECONFIG,
  type Present,
  wantedFiles,
} from "./wanted";

/** What kubelet was started with, on the host. */
export const KUBELET_STAMP = `${NODE_STATE_DIR}/kubelet`;

export interface ComparisonProps {
  /** What the store says that the host is to have. */
  readonly tree: readonly HostFile[];
  /** Whether it was brought to this very tree before: what differs then is somebody else's work. */
  readonly hadTree: boolean;
  /** Files that other stages write, which stay as they are. */
  readonly keeps: readonly string[];
  /** What the host has. */
  readonly state: HostState;
  readonly hasEtcdData: boolean;
  /** Where its etcd is to join members that are there. */
  readonly joining?: Joining;
  /** Files beside the tree. */
  readonly extra: readonly HostFile[];
  /** Tells this repair from others. */
  readonly repair: string;
}

/** What a host has beside what it is to have. */
export class Comparison {
  constructor(private readonly props: ComparisonProps) {}

  /** The same where something is otherwise. */
  with(changes: Partial<ComparisonProps>): Comparison {
    return new Comparison({ ...this.props, ...changes });
  }

  get present(): Present {
    const { state, hasEtcdData } = this.props;
    const { contents } = state;
    return {
      kubeletKubeconfig: contents.get(KUBELET_KUBECONFIG),
      kubeletCertificate: contents.get(KUBELET_CERTIFICATE),
      manifests: new Map([...contents].filter(([path]) => isManifest(path))),
      hasEtcdData,
      kept: this.kept,
    };
  }

  get wanted(): HostFile[] {
    const edited = this.editedAmong(this.unrepaired);
    const { repair } = this.props;
    return this.wantedOn({ ...this.present, edited, repair });
  }

  get differences(): Differences {
    return differences(this.wanted, this.props.state);
  }

  /** What is changed on the host, without what starts anew because something that it reads is repaired. */
  get edits(): readonly HostFile[] {
    return differences(this.unrepaired, this.props.state).changed;
  }

  /** It was brought to a tree before. */
  get wasDelivered(): boolean {
    return this.props.state.delivered.length > 0;
  }

  /** Whether kubelet was started with other files than it is to have. */
  get kubeletIsOld(): boolean {
    const stamp = this.props.state.contents.get(KUBELET_STAMP);
    return stamp?.toString().trim() !== this.kubeletFingerprint;
  }

  /** Its credentials are not in it: kubelet renews them itself. */
  get kubeletFingerprint(): string {
    return fingerprintOf(
      this.props.tree
        .filter(({ path }) => isKubelets(path))
        .map((file) =>
          file.path === KUBELET_KUBECONFIG ? withoutUsers(file) : file,
        ),
    );
  }

  /** Whether kubelet is given the credentials of the tree, whatever it renewed before. */
  get renewsCredentials(): boolean {
    const isIt = ({ path }: HostFile) => path === KUBELET_KUBECONFIG;
    const own = this.props.tree.find(isIt);
    return own !== undefined && this.wanted.find(isIt) === own;
  }

  /** Whether the host has such a file, whatever is in it. */
  has(path: string): boolean {
    return this.props.state.files.get(path) !== undefined;
  }

  /** Whether kubelet sees another pod in it than in what is there. */
  isAnother({ path, content }: HostFile): boolean {
    const present = this.props.state.contents.get(path);
    return (
      present === undefined ||
      !isDeepStrictEqual(podIn(present), podIn(content))
    );
  }

  /** The host as it is after a delivery: reading it again would tell nothing new. */
  delivered(
    changed: readonly HostFile[],
    removed: readonly string[],
    listed: readonly string[],
  ): Comparison {
    const files = new Map(this.props.state.files);
    const contents = new Map(this.props.state.contents);
    for (const path of removed) {
      files.delete(path);
      contents.delete(path);
    }
    for (const { path, content, mode, owner } of changed) {
      files.set(path, {
        ...{ sha256: sha256(content), mode },
        ...{ ids: owner, names: owner },
      });
      if (READ.includes(path) || isManifest(path)) contents.set(path, content);
    }
    return this.with({ state: { files, contents, delivered: listed } });
  }

  /** The host as it is after kubelet was started. */
  kubeletStarted(): Comparison {
    const { state } = this.props;
    const contents = new Map(state.contents);
    contents.set(KUBELET_STAMP, Buffer.from(this.kubeletFingerprint));
    return this.with({ state: { ...state, contents } });
  }

  /** As {@link wanted}, but what starts anew because something that it reads is repaired. */
  private get unrepaired(): HostFile[] {
    return this.wantedOn(this.present);
  }

  private wantedOn(present: Present): HostFile[] {
    const { tree, joining, extra } = this.props;
    return [...wantedFiles(tree, present, joining), ...extra];
  }

  /** Those of the files that are kept which are there, as they are. */
  private get kept(): HostFile[] {
    const { keeps, state, extra } = this.props;
    return keeps.flatMap((path) => {
      const file = state.files.get(path);
      const content = state.contents.get(path);
      return !file ||
        file === "other" ||
        !content ||
        extra.some((each) => each.path === path)
        ? []
        : [{ path, content, mode: file.mode, owner: file.names }];
    });
  }

  private editedAmong(wanted: readonly HostFile[]): Set<string> {
    const { tree, hadTree } = this.props;
    const paths = new Set(tree.map(({ path }) => path));
    return new Set(
      wanted
        .filter(({ path }) => paths.has(path) && (hadTree || !isManifest(path)))
        .filter((file) => !this.isThere(file))
        .map(({ path }) => path),
    );
  }

  private isThere({ path, content }: HostFile): boolean {
    const found = this.props.state.files.get(path);
    return (
      found !== undefined &&
      found !== "other" &&
      found.sha256 === sha256(content)
    );
  }
}

/** The files whose content decides about the rest, beside those of the tree itself. */
export const READ: readonly string[] = [
  KUBELET_KUBECONFIG,
  KUBELET_CERTIFICATE,
  KUBELET_STAMP,
];

/** What kubelet reads only when it starts. */
export function isKubelets(path: string): boolean {
  return (
    path.startsWith(`${KUBELET_DIR}/`) ||
    path.startsWith(`${UNITS_DIR}/${KUBELET_UNIT}`) ||
    path === KUBELET_KUBECONFIG
  );
}

function podIn(manifest: Buffer): unknown {
  try {
    return fromYaml(manifest.toString());
  } catch {
    return undefined;
  }
}

function withoutUsers(file: HostFile): HostFile {
  const kubeconfig = { ...(fromYaml(file.content.toString()) as object) };
  return {
    ...file,
    content: Buffer.from(toYaml({ ...kubeconfig, users: undefined })),
  };
}
