import { invalidRequest } from "../base/errors";
import { cyclicArtefacts } from "./errors";
import type { ArtefactRequest } from "../request/artefact";

export interface FileRequest {
  readonly path: string;
  readonly mode: number;
  /** `user:group`, where it is not root's. */
  readonly owner?: string;
}

/** An artefact as it was asked for, its lines read. */
export interface ParsedArtefact extends Omit<ArtefactRequest, "files"> {
  readonly files: readonly FileRequest[];
  /** As it was given, owners included: they matter on the node. */
  readonly fileLines: string;
  /** The first file, which names it and its stamp. */
  readonly path: string;
}

/** A certificate authority or a key pair is never made twice, and outlives the cluster. */
export const isPermanent = ({ kind }: { readonly kind: string }): boolean =>
  kind === "authority" || kind === "imported-authority" || kind === "key-pair";

/** What is made after a rollout, in batches of its own. */
export const isMadeAfterwards = ({
  kind,
}: {
  readonly kind: string;
}): boolean =>
  kind === "service-account-token" ||
  kind === "merged-kubeconfig" ||
  kind === "api-proxy";

export function readArtefact(request: ArtefactRequest): ParsedArtefact {
  const files = readFileLines(request.files);
  if (files.length === 0)
    throw invalidRequest(`${request.purpose} has no file`);
  return { ...request, files, fileLines: request.files, path: files[0].path };
}

/** `path mode [owner]` a line. */
export function readFileLines(text: string): FileRequest[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const found = /^(.+?) +([0-7]{3,4})(?: +(\S+))?\s*$/.exec(line);
      if (!found)
        throw invalidRequest(
          `${JSON.stringify(line)} is not "path mode [owner]"`,
        );
      return { path: found[1], mode: parseInt(found[2], 8), owner: found[3] };
    });
}

/** Each after those of the same batch that it is made from. */
export function inOrder(
  artefacts: readonly ParsedArtefact[],
  needs: (artefact: ParsedArtefact) => readonly string[],
): ParsedArtefact[] {
  const makers = new Map(
    artefacts.flatMap((artefact) =>
      artefact.files.map(({ path }) => [path, artefact]),
    ),
  );
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
