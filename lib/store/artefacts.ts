import { invalidRequest } from "../base/errors";
import { cyclicArtefacts } from "./errors";
import type { ArtefactRequest } from "../request/artefact";

export interface FileRequest {
  readonly path: string;
  readonly mode: number;
  /** `user:group`. @default - root */
  readonly owner?: string;
}

/** The request for an artefact, with its file lines parsed. */
export interface ParsedArtefact extends Omit<ArtefactRequest, "files"> {
  readonly files: readonly FileRequest[];
  /** The unparsed lines, with the owners that the files will have on the node. */
  readonly fileLines: string;
  /** The path of the first file, after which the artefact and its stamp are named. */
  readonly path: string;
}

/** A CA, a key pair or an encryption key is never made twice, and its files stay when the cluster is destroyed. */
export const isPermanent = ({ kind }: Pick<ArtefactRequest, "kind">): boolean =>
  kind === "authority" ||
  kind === "imported-authority" ||
  kind === "key-pair" ||
  kind === "encryption-key";

/** Whether it may contain a certificate and a key of its own, which can be made again at any time. */
export const isRenewable = ({ kind }: Pick<ArtefactRequest, "kind">): boolean =>
  kind === "certificate" || kind === "kubeconfig";

/** Artefacts that need a running cluster have batches of their own, after the rollout. */
export const isMadeAfterRollout = ({
  kind,
}: Pick<ArtefactRequest, "kind">): boolean =>
  kind === "service-account-token" ||
  kind === "merged-kubeconfig" ||
  kind === "api-proxy";

export function readArtefact(request: ArtefactRequest): ParsedArtefact {
  const files = readFileLines(request.files);
  if (files.length === 0)
    throw invalidRequest(`${request.purpose} has no file`);
  return { ...request, files, fileLines: request.files, path: files[0].path };
}

/** A path ends with a character that is no blank, so that a long row of blanks is tried only once. */
export const FILE_LINE = /^(.*?\S) +([0-7]{3,4})(?: +(\S+))?\s*$/;

/** Each line is `path mode [owner]`. */
export function readFileLines(text: string): FileRequest[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const found = FILE_LINE.exec(line);
      if (!found)
        throw invalidRequest(
          `${JSON.stringify(line)} is not "path mode [owner]"`,
        );
      return { path: found[1], mode: parseInt(found[2], 8), owner: found[3] };
    });
}

export const pathsIn = (fileLines: string): string[] =>
  readFileLines(fileLines).map(({ path }) => path);

/** The artefacts by the paths of their files. */
export const byPath = (
  artefacts: readonly ParsedArtefact[],
): ReadonlyMap<string, ParsedArtefact> =>
  new Map(
    artefacts.flatMap((artefact) =>
      artefact.files.map(({ path }) => [path, artefact]),
    ),
  );

/** Sorts artefacts of a batch so that each follows those from which it is made. */
export function inOrder(
  artefacts: readonly ParsedArtefact[],
  needs: (artefact: ParsedArtefact) => readonly string[],
): ParsedArtefact[] {
  const makers = byPath(artefacts);
  const ordered = new Set<ParsedArtefact>();
  const visit = (
    artefact: ParsedArtefact,
    above: readonly ParsedArtefact[],
  ): void => {
    if (ordered.has(artefact)) return;
    if (above.includes(artefact))
      throw cyclicArtefacts([...above, artefact].map(({ path }) => path));
    for (const need of needs(artefact)) {
      const maker = makers.get(need);
      if (maker && maker !== artefact) visit(maker, [...above, artefact]);
    }
    ordered.add(artefact);
  };
  for (const artefact of artefacts) visit(artefact, []);
  return [...ordered];
}
