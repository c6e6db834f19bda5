import { readElement, SEQUENCE } from "./tlv";

/** The content of a certificate file, in any of the formats that {@link readBundle} reads. */
export interface Bundle {
  /** DER, in the order of the file, without repetitions. */
  readonly certificates: readonly Buffer[];
  /** The PEM blocks that are not certificates, such as `PRIVATE KEY`. */
  readonly others: readonly PemBlock[];
}

export interface PemBlock {
  readonly label: string;
  /** The whole block. */
  readonly text: string;
}

/** In a `TRUSTED` block, OpenSSL's trust settings follow the certificate. They are left out. */
const CERTIFICATE_LABELS: readonly string[] = [
  "CERTIFICATE",
  "X509 CERTIFICATE",
  "TRUSTED CERTIFICATE",
];

const BEGIN = "-----BEGIN ";
/** A PEM block without {@link BEGIN}. */
const BLOCK = /^([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/;

/**
 * Reads a certificate file: DER, or PEM in UTF-8 or UTF-16, with or without a byte order mark, and with any text between
 * the blocks. Throws if a block is damaged.
 */
export function readBundle(file: Buffer): Bundle {
  // Each part is scanned only once, because a host may send a million `BEGIN` lines.
  const [, ...parts] = textOf(file).split(BEGIN);
  const blocks = parts.map((part) => {
    const [block, label, body] = BLOCK.exec(part) ?? [];
    // A truncated block must not be left out silently.
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

/** All DER values that follow each other in a file, so that no certificate is left out. */
function derValues(file: Buffer): Buffer[] {
  const { whole } = readElement(file);
  const rest = file.subarray(whole.length);
  return [whole, ...(rest[0] === SEQUENCE ? derValues(rest) : [])];
}

/** The bytes of a PEM body, without the header lines of old PEM files: `Proc-Type: …`. */
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

/** PEM in the form that every program can read. */
export function pemText(label: string, der: Buffer): string {
  const base64 = der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

/** Certificates encoded again, one after the other, without anything else that their file contained. */
export const certificatesPem = (certificates: readonly Buffer[]): string =>
  certificates.map((der) => pemText("CERTIFICATE", der)).join("");
