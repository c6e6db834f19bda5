import type {
  ArtefactRequest,
  BatchRequest,
  Request,
} from "../request/request";
import {
  packedLength,
  PART_LENGTH,
  partName,
  REQUEST_LENGTH,
  TOO_LONG,
} from "../request/environment";
import { requestTooLong } from "./errors";
import { code, type Expression } from "./expression";

/** An artefact whose texts Terraform takes from its triggers. */
export type TriggeredArtefact = {
  readonly [Key in keyof ArtefactRequest]: ArtefactRequest[Key] extends string
    ? ArtefactRequest[Key] | Expression
    : ArtefactRequest[Key];
};

/** A request as it is synthesized. */
export type SynthesizedRequest =
  | Exclude<Request, BatchRequest>
  | (Omit<BatchRequest, "artefacts"> & {
      readonly artefacts: readonly TriggeredArtefact[];
    });

/** A text that is named in the error about a request that is too long, in characters. */
const LONG_TEXT = 10_000;

/**
 * The environment of a process that is given a request. Terraform compresses the request and cuts it into parts when it
 * knows all values in it. Of a request that is too long it sends the lengths of the texts, for the agent's error.
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
  return code`[for request in [${request}] : ${packed}][0]`;
}

/**
 * Refuses a request that cannot be handed over, as far as its texts are known at synthesis; the rest is checked at apply.
 *
 * @param texts By name: those that the request refers to.
 */
export function checkLength(
  owner: string,
  request: Expression,
  texts: Readonly<Record<string, string>>,
): void {
  const all = [request.toString(), ...Object.values(texts)].join("\n");
  // Compressing costs time, and makes no text much longer than base64 alone does.
  if (Buffer.byteLength(all) < REQUEST_LENGTH / 2) return;
  const length = packedLength(all);
  if (length <= REQUEST_LENGTH) return;
  const longest = Object.entries(texts)
    .map(([name, text]) => ({ name, bytes: Buffer.byteLength(text) }))
    .filter(({ bytes }) => bytes > LONG_TEXT)
    .sort((one, other) => other.bytes - one.bytes);
  throw requestTooLong(owner, length, REQUEST_LENGTH, longest.slice(0, 5));
}
