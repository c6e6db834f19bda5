/** One DER value, and the bytes from which it was read. */
export interface Element {
  /** The first byte: class, form and number of the tag. */
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content. */
  readonly whole: Buffer;
}

/**
 * Reads the first value of DER. Names are copied as bytes with this function instead of being decoded and encoded by an
 * ASN.1 library: Go compares names by bytes, and an encoded copy may differ. Throws if the bytes are not DER.
 */
export function readElement(der: Buffer): Element {
  const first = der.at(1);
  if (first === undefined) throw new Error("the value ends too early");
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || more > 4 || der.length < 2 + more)
    throw new Error("the length is not one of DER");
  const length = more === 0 ? first : der.readUIntBE(2, more);
  const start = 2 + more;
  if (der.length < start + length) throw new Error("the value ends too early");
  const whole = der.subarray(0, start + length);
  const content = whole.subarray(start);
  if (!whole.subarray(0, start).equals(header(whole[0], length)))
    throw new Error("the length is not in its shortest form");
  return { tag: whole[0], content, whole };
}

/** The values in the content of a sequence or a set. */
export function readElements(content: Buffer): Element[] {
  const elements: Element[] = [];
  for (let rest = content; rest.length > 0;) {
    const element = readElement(rest);
    elements.push(element);
    rest = rest.subarray(element.whole.length);
  }
  return elements;
}

export function writeElement(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([header(tag, content.length), content]);
}

function header(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256))
    bytes.unshift(rest % 256);
  return Buffer.from([tag, 0x80 | bytes.length, ...bytes]);
}

export const SEQUENCE = 0x30;
