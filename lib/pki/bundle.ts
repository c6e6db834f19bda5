import { readElement, SEQUENCE } from "./tlv";

/** What a file that was brought holds, whatever form it is in. */
export interface Bundle {
  /** DER, each once, in the order of the file. */
  readonly certificates: readonly Buffer[];
  /** The PEM blocks that are no certificates: `PRIVATE KEY`. */
  readonly others: readonly PemBlock[];
}

export interface PemBlock {
  readonly label: string;
  /** The whole block. */
  readonly text: string;
}

/** With `TRUSTED`, OpenSSL's remarks follow the certificate; they are left out. */
const CERTIFICATE_LABELS: readonly string[] = [
  "CERTIFICATE",
  "X509 CERTIFICATE",
  "TRUSTED CERTIFICATE",
];

const BEGIN = "-----BEGIN ";
/** What follows it. */
const BLOCK = /^([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/;

/**
 * The certificates of a file: PEM with whatever stands between the blocks, in UTF-8 or UTF-16, with a byte order mark or
 * without, or DER. Throws where a block is damaged.
 */
export function readBundle(file: Buffer): Bundle {
  // Each part is looked at once: a host may send a million beginnings.
  const [, ...parts] = textOf(file).split(BEGIN);
  const blocks = parts.map((part) => {
    const [block, label, body] = BLOCK.exec(part) ?? [];
    // Whatever is cut would be left out in silence.
    if (block === undefined) throw new Error("a block has no end");
    return { text: `${BEGIN}${block}`, label, body };
  });
  if (blocks.length === 0 && file[0] === SEQUENCE)
    return { certificates: derValues(file), others: [] };
  const isCertificate = ({ label }: PemBlock): boolean =>
    CERTIFICATE_LABELS.includes(label);
  const certificates = new Map(
    blocks
      .filter(isCertificate)
      .map(({ body }) => readElement(decoded(body)))
      .map(({ whole }) => [whole.toString("hex"), whole]),
  );
  return {
    certificates: [...certificates.values()],
    others: blocks
      .filter((block) => !isCertificate(block))
      .map(({ label, text }) => ({ label, text })),
  };
}

/** All that follow each other: one that is left out would be missed later. */
function derValues(file: Buffer): Buffer[] {
  const { whole } = readElement(file);
  const rest = file.subarray(whole.length);
  return [whole, ...(rest[0] === SEQUENCE ? derValues(rest) : [])];
}

/** Without the header lines that old PEM files have: `Proc-Type: …`. */
function decoded(body: string): Buffer {
  const base64 = body.replace(/^[A-Za-z0-9-]+:.*$/gm, "").replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]*=*$/.test(base64))
    throw new Error("a block is not in base64");
  return Buffer.from(base64, "base64");
}

function textOf(file: Buffer): string {
  const mark = file.subarray(0, 2).toString("hex");
  if (mark === "fffe") return file.toString("utf16le");
  if (mark === "feff" && file.length % 2 === 0)
    return Buffer.from(file).swap16().toString("utf16le");
  return file.toString("utf8");
}

/** PEM, as every reader takes it. */
export function pemText(label: string, der: Buffer): string {
  const base64 = der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

/** Certificates encoded anew, one after the other: nothing else that a file held goes with them. */
export const certificatesPem = (certificates: readonly Buffer[]): string =>
  certificates.map((der) => pemText("CERTIFICATE", der)).join("");
