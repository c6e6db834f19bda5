import { isDeepStrictEqual } from "node:util";
import { isManifest, NODE_STATE_DIR } from "../../catalog/paths";
import { sha256 } from "../../base/files";
import {
  type Differences,
  differences,
  type HostState,
} from "../hosts/delivery";
import type { HostFile } from "../hosts/host";
import type { BinaryRequest, ComponentRequest } from "../../request/request";
import { anything, attempt } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import type { ComparisonProps } from "./comparison-props";
import {
  type HeldFile,
  isStartFile,
  KUBELET_CERTIFICATE,
  KUBELET_KUBECONFIG,
  type Present,
} from "./present";
import { fingerprintOfUnit, stampText, type NodeUnit, unitsOf } from "./units";
import { unitOfFile } from "../../catalog/units";
import { wantedFiles, withFiles } from "./wanted";

/** Compares the current state of a host with what it should have. */
export class Comparison {
  private readonly units: readonly NodeUnit[];
  /** The files that the host should have. */
  readonly wanted: readonly HostFile[];
  /** Differences in files; binaries are compared apart. */
  readonly differences: Differences;

  constructor(private readonly props: ComparisonProps) {
    const { request, tree, repair, state } = props;
    const edited = this.editedAmong(this.wantedBeforeRepair);
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

  /** The same comparison with some properties changed. */
  with(changes: Partial<ComparisonProps>): Comparison {
    return new Comparison({ ...this.props, ...changes });
  }

  /** The EncryptionConfiguration whose turn it is. `undefined`: the tree's. */
  get encryption(): HeldFile | undefined {
    return this.props.encryption;
  }

  /** The current state of the host. */
  get state(): HostState {
    return this.props.state;
  }

  get present(): Present {
    const { state, hasEtcdData, kubeletIssuers, now } = this.props;
    const { contents } = state;
    return {
      kubeletKubeconfig: contents.get(KUBELET_KUBECONFIG),
      kubeletCertificate: contents.get(KUBELET_CERTIFICATE),
      startFiles: new Map([...contents].filter(([path]) => isStartFile(path))),
      hasEtcdData,
      kubeletIssuers,
      now,
      kept: this.kept,
    };
  }

  /** The delivered binaries that are missing or different on the host. */
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
   * Foreign units and programs at the paths of ours: replacing them would lose them, for good on destroy. Files of ours
   * are known from the list of what was delivered.
   */
  get foreign(): string[] {
    const { files, delivered } = this.props.state;
    const units = this.wanted
      .filter(
        (file) => unitOfFile(file.path) !== undefined && !this.isUpToDate(file),
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

  /** All paths that are ours on the host after the delivery. */
  get listed(): string[] {
    const { request, state } = this.props;
    const ownBinaries = (request.binaries ?? []).filter(
      (binary) =>
        state.delivered.includes(binary.path) || this.binaries.includes(binary),
    );
    return [...this.wanted, ...ownBinaries].map(({ path }) => path);
  }

  /**
   * Files that differ, not counting manifests that only get a repair token because a file that they read is repaired.
   */
  get edits(): readonly HostFile[] {
    return differences(this.wantedBeforeRepair, this.props.state).changed;
  }

  /** Something was delivered to the host before. */
  get wasDelivered(): boolean {
    return this.props.state.delivered.length > 0;
  }

  /** The units of these components; static pods have none. */
  unitsOf(components: readonly ComponentRequest[]): readonly NodeUnit[] {
    return this.units.filter(({ component }) => components.includes(component));
  }

  /** Whether a unit runs with other files than it should. */
  isOutdated(unit: NodeUnit): boolean {
    return this.stampOf(unit) !== stampText(fingerprintOfUnit(unit));
  }

  /** Whether a unit runs with its current unit file and binary, even if files that it reads differ. */
  runsCurrentUnit(unit: NodeUnit): boolean {
    const { own } = fingerprintOfUnit(unit);
    return this.stampOf(unit)?.split(" ")[0] === own;
  }

  private stampOf({ stamp }: NodeUnit): string | undefined {
    return this.props.state.contents.get(stamp)?.toString().trim();
  }

  /** Whether kubelet gets the credentials of the tree in place of those that it renewed itself. */
  get renewsCredentials(): boolean {
    const isIt = ({ path }: HostFile) => path === KUBELET_KUBECONFIG;
    const own = this.props.tree.find(isIt);
    return own !== undefined && this.wanted.find(isIt) === own;
  }

  /** Whether the host has a file at this path, whatever its content. */
  has(path: string): boolean {
    return this.props.state.files.get(path) !== undefined;
  }

  /** Whether kubelet would see a different pod in this manifest than in the one on the host. */
  changesPod({ path, content }: HostFile): boolean {
    const present = this.props.state.contents.get(path);
    return (
      present === undefined ||
      !isDeepStrictEqual(podIn(present), podIn(content))
    );
  }

  /** The state of the host after a delivery, so that it need not be read again. */
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
      if (isContentNeeded(path)) contents.set(path, content);
    }
    for (const { path, source } of this.binaries) {
      const [ids, names] = ["0:0", "root:root"];
      files.set(path, { sha256: source!.sha256, mode: 0o755, ids, names });
    }
    return this.with({ state: { files, contents, delivered: listed } });
  }

  /** The state of the host after units were started. */
  started(units: readonly NodeUnit[]): Comparison {
    const { state } = this.props;
    const stamps = units.map(
      (unit) =>
        [unit.stamp, Buffer.from(stampText(fingerprintOfUnit(unit)))] as const,
    );
    const contents = new Map([...state.contents, ...stamps]);
    return this.with({ state: { ...state, contents } });
  }

  /** As {@link wanted}, but without repair tokens. */
  private get wantedBeforeRepair(): HostFile[] {
    return this.wantedOn(this.present);
  }

  private wantedOn(present: Present): HostFile[] {
    const { tree, held = [], encryption, joining, extra } = this.props;
    const others = encryption ? [...held, encryption] : held;
    return [
      ...wantedFiles(withFiles(tree, others), present, joining),
      ...extra,
    ];
  }

  /** The files to keep that exist on the host, as they are. */
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
        .filter((file) => !this.isUpToDate(file))
        .map(({ path }) => path),
    );
  }

  private isUpToDate({ path, content }: HostFile): boolean {
    const found = this.props.state.files.get(path);
    return (
      found !== undefined &&
      found !== "other" &&
      found.sha256 === sha256(content)
    );
  }
}

const isContentNeeded = (path: string): boolean =>
  isStartFile(path) ||
  path === KUBELET_KUBECONFIG ||
  path === KUBELET_CERTIFICATE ||
  path.startsWith(`${NODE_STATE_DIR}/`);

const podIn = (manifest: Buffer): unknown =>
  attempt(() => readYaml(manifest, anything));
