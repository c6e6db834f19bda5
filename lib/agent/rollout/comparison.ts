import { isDeepStrictEqual } from "node:util";
import { isManifest, NODE_STATE_DIR } from "../../catalog/paths";
import { sha256 } from "../../base/files";
import {
  type Differences,
  differences,
  type HostState,
} from "../hosts/delivery";
import type { HostFile } from "../hosts/host";
import type {
  BinaryRequest,
  ComponentRequest,
  NodeRequest,
} from "../../request/request";
import { anything, attempt } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import {
  ETCD_UNIT,
  type Joining,
  KUBELET_CERTIFICATE,
  KUBELET_KUBECONFIG,
  type Present,
} from "./present";
import { fingerprintOfUnit, stampText, type NodeUnit, unitsOf } from "./units";
import { unitOfFile } from "../../catalog/units";
import { wantedFiles } from "./wanted";

export interface ComparisonProps {
  readonly request: Pick<NodeRequest, "components" | "binaries">;
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
  /** When the host was looked at: milliseconds since 1970. */
  readonly now: number;
}

/** What a host has beside what it is to have. */
export class Comparison {
  private readonly units: readonly NodeUnit[];
  /** What it is to have. */
  readonly wanted: readonly HostFile[];
  /** Between both, but for binaries. */
  readonly differences: Differences;

  constructor(private readonly props: ComparisonProps) {
    const { request, tree, repair, state } = props;
    const edited = this.editedAmong(this.unrepaired);
    this.wanted = this.wantedOn({ ...this.present, edited, repair });
    const paths = new Set(tree.map(({ path }) => path));
    this.units = unitsOf(
      request.components,
      this.wanted.filter(({ path }) => paths.has(path)),
      request.binaries,
    );
    const { changed, removed } = differences(this.wanted, state);
    const binaries = new Set(request.binaries?.map(({ path }) => path));
    this.differences = {
      changed,
      removed: removed.filter((path) => !binaries.has(path)),
    };
  }

  /** The same where something is otherwise. */
  with(changes: Partial<ComparisonProps>): Comparison {
    return new Comparison({ ...this.props, ...changes });
  }

  /** What the host has. */
  get state(): HostState {
    return this.props.state;
  }

  get present(): Present {
    const { state, hasEtcdData, now } = this.props;
    const { contents } = state;
    return {
      kubeletKubeconfig: contents.get(KUBELET_KUBECONFIG),
      kubeletCertificate: contents.get(KUBELET_CERTIFICATE),
      starts: new Map([...contents].filter(([path]) => isStart(path))),
      hasEtcdData,
      now,
      kept: this.kept,
    };
  }

  /** Those of the binaries that are not as they are to be there. */
  get binaries(): readonly BinaryRequest[] {
    const { request, state } = this.props;
    return (request.binaries ?? []).filter(({ path, source }) => {
      if (!source) return false;
      const found = state.files.get(path);
      return (
        found === undefined ||
        found === "other" ||
        found.sha256 !== source.sha256 ||
        found.mode !== 0o755 ||
        found.ids !== "0:0"
      );
    });
  }

  /**
   * Units and programs of somebody else, where it is to have others: to take their places would lose them, on destroy
   * for good. Another file of ours is told by the list of what was delivered.
   */
  get foreign(): string[] {
    const { files, delivered } = this.props.state;
    const units = this.wanted
      .filter(
        (file) => unitOfFile(file.path) !== undefined && !this.isThere(file),
      )
      .map(({ path }) => path);
    const binaries = this.binaries
      .filter(({ path, source }) => {
        const found = files.get(path);
        return found === "other" || found?.sha256 !== source?.sha256;
      })
      .map(({ path }) => path);
    return [...units, ...binaries].filter(
      (path) => files.has(path) && !delivered.includes(path),
    );
  }

  /** All that is ours there when it has what it is to have. */
  get listed(): string[] {
    const { request, state } = this.props;
    const brought = (request.binaries ?? []).filter(
      (binary) =>
        state.delivered.includes(binary.path) || this.binaries.includes(binary),
    );
    return [...this.wanted, ...brought].map(({ path }) => path);
  }

  /** What is changed on the host, without what starts anew because something that it reads is repaired. */
  get edits(): readonly HostFile[] {
    return differences(this.unrepaired, this.props.state).changed;
  }

  /** It was brought to a tree before. */
  get wasDelivered(): boolean {
    return this.props.state.delivered.length > 0;
  }

  /** Those that systemd runs. */
  unitsOf(components: readonly ComponentRequest[]): readonly NodeUnit[] {
    return this.units.filter(({ component }) => components.includes(component));
  }

  /** Whether a unit was started with other files than it is to have. */
  isOld(unit: NodeUnit): boolean {
    return this.stampOf(unit) !== stampText(fingerprintOfUnit(unit));
  }

  /** Whether it runs with the unit that it is to have, whatever it was told to read. */
  isOwn(unit: NodeUnit): boolean {
    const { own } = fingerprintOfUnit(unit);
    return this.stampOf(unit)?.split(" ")[0] === own;
  }

  private stampOf({ stamp }: NodeUnit): string | undefined {
    return this.props.state.contents.get(stamp)?.toString().trim();
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
        sha256: sha256(content),
        mode,
        ids: owner,
        names: owner,
      });
      if (isDecisive(path)) contents.set(path, content);
    }
    for (const { path, source } of this.binaries) {
      const [ids, names] = ["0:0", "root:root"];
      files.set(path, { sha256: source!.sha256, mode: 0o755, ids, names });
    }
    return this.with({ state: { files, contents, delivered: listed } });
  }

  /** The host as it is after units were started. */
  started(units: readonly NodeUnit[]): Comparison {
    const { state } = this.props;
    const stamps = units.map(
      (unit) =>
        [unit.stamp, Buffer.from(stampText(fingerprintOfUnit(unit)))] as const,
    );
    const contents = new Map([...state.contents, ...stamps]);
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

/** A file that starts something, and that is not just as the tree has it. */
export const isStart = (path: string): boolean =>
  isManifest(path) || path === ETCD_UNIT;

const isDecisive = (path: string): boolean =>
  isStart(path) ||
  path === KUBELET_KUBECONFIG ||
  path === KUBELET_CERTIFICATE ||
  path.startsWith(`${NODE_STATE_DIR}/`);

function podIn(manifest: Buffer): unknown {
  return attempt(() => readYaml(manifest, anything));
}
