import type { ArtefactRequest } from "../request/artefact";
import type { BatchRequest, Request } from "../request/request";
import {
  CLEAN_NODE,
  packedLength,
  PART_LENGTH,
  partName,
  REQUEST_LENGTH,
  TOO_LONG,
} from "../request/environment";
import { requestTooLong } from "./errors";
import { code, type Expression } from "./expression";

/** An artefact's request whose texts Terraform reads from the artefact's triggers. */
export type TriggeredArtefact = {
  readonly [Key in keyof ArtefactRequest]: ArtefactRequest[Key] extends string
    ? ArtefactRequest[Key] | Expression
    : ArtefactRequest[Key];
};

/** A request as synthesis writes it. */
export type SynthesizedRequest =
  | Exclude<Request, BatchRequest>
  | (Omit<BatchRequest, "artefacts"> & {
      readonly artefacts: readonly TriggeredArtefact[];
    });

/** Characters from which a text is named in the error about a request that is too long. */
const LONG_TEXT = 10_000;

/**
 * The environment with a request for the agent. Terraform compresses the request and cuts it into parts once it knows all
 * values. If the request is too long, it sends only the lengths of the texts, for the agent's error.
 */
export function environmentWith(request: SynthesizedRequest): Expression {
  const lengths =
    request.action === "batch"
      ? code`{ for each in request.artefacts : split(" ", each.files)[0] => length(each.spec) if length(each.spec) > ${LONG_TEXT} }`
      : code`{}`;
  const tooLong = code`tomap({ "${TOO_LONG}" = jsonencode(${lengths}) })`;
  const part = code`substr(text, i * ${PART_LENGTH}, ${PART_LENGTH})`;
  const parts = code`tomap({ for i in range(ceil(length(text) / ${PART_LENGTH})) : "${partName("${i}")}" => ${part} })`;
  const packed = code`[for text in [base64gzip(jsonencode(request))] : length(text) > ${REQUEST_LENGTH} ? ${tooLong} : ${parts}][0]`;
  const own = code`[for request in [${request}] : ${packed}][0]`;
  return code`merge(${own}, ${CLEAN_NODE})`;
}

/**
 * Refuses a request that is too long, as far as its texts are known at synthesis. The agent checks the rest at apply.
 *
 * @param texts the texts to which the request refers, by name
 */
export function checkLength(
  owner: string,
  request: Expression,
  texts: Readonly<Record<string, string>>,
): void {
  const all = [request.toString(), ...Object.values(texts)].join("\n");
  // Compression takes time, and its result is hardly ever longer than the text in base64, so short texts are not compressed.
  if (Buffer.byteLength(all) < REQUEST_LENGTH / 2) return;
  const length = packedLength(all);
  if (length <= REQUEST_LENGTH) return;
  const longest = Object.entries(texts)
    .map(([name, text]) => ({ name, bytes: Buffer.byteLength(text) }))
    .filter(({ bytes }) => bytes > LONG_TEXT)
    .sort((one, other) => other.bytes - one.bytes);
  throw requestTooLong(owner, length, REQUEST_LENGTH, longest.slice(0, 5));
}
