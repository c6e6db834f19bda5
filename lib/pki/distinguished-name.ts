import type { Subject } from "../render/specs";
import { asn1, oids } from "./der";
import { readElement, readElements } from "./tlv";

interface Attribute {
  readonly oid: string;
  readonly tag: number;
  readonly value: Buffer;
}

/** The attributes of a name in DER, grouped by the sets in which they are. */
function readSets(der: Buffer): Attribute[][] {
  return readElements(readElement(der).content).map(({ content }) =>
    readElements(content).map((attribute) => {
      const [type, value] = readElements(attribute.content);
      const oid = asn1.derToOid(type.content.toString("binary"));
      return { oid, tag: value.tag, value: value.content };
    }),
  );
}

/** The parts of a name that Kubernetes uses. Of several common names, Go takes the last one. */
export function readSubject(der: Buffer): Subject {
  const attributes = readSets(der).flat();
  const valuesOf = (oid: string): string[] =>
    attributes.filter((one) => one.oid === oid).map(textOf);
  const organizations = valuesOf(oids.organizationName);
  return {
    commonName: valuesOf(oids.commonName).at(-1) ?? "",
    ...(organizations.length > 0 && { organizations }),
  };
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "emailAddress",
};

/** A whole name for people: `C=DE, O=x, CN=kubernetes`. */
export const nameText = (der: Buffer): string =>
  readSets(der)
    .map((set) =>
      set
        .map(
          (one) => `${SHORT_NAMES[one.oid] ?? one.oid}=${shown(textOf(one))}`,
        )
        .join("+"),
    )
    .join(", ");

/** A name must not control the terminal that shows it. */
const shown = (text: string): string => text.replace(/\p{Cc}/gu, "?");

interface StringType {
  read(bytes: Buffer): string;
  /** Whether Go accepts these bytes. */
  fits(bytes: Buffer): boolean;
}

const latin1 = (bytes: Buffer): string => bytes.toString("latin1");
const limitedTo = (alphabet: RegExp): StringType => ({
  read: latin1,
  fits: (bytes) => alphabet.test(latin1(bytes)),
});

/**
 * The string types that Go reads in a name, by their tags.
 * @see https://github.com/golang/go/blob/go1.24.0/src/crypto/x509/parser.go#L51
 */
const STRING_TYPES: Readonly<Record<number, StringType>> = {
  // UTF8String
  12: {
    read: (bytes) => bytes.toString("utf8"),
    fits: (bytes) => Buffer.from(bytes.toString("utf8")).equals(bytes),
  },
  // NumericString
  18: limitedTo(/^[0-9 ]*$/),
  // PrintableString. Go also accepts * and &, which are not in its alphabet, because some certificates contain them.
  19: limitedTo(/^[A-Za-z0-9 '()+,\-./:=?*&]*$/),
  // T61String
  20: { read: latin1, fits: () => true },
  // IA5String
  22: limitedTo(/^[\0-\x7f]*$/),
  // BMPString
  30: {
    read: (bytes) =>
      bytes.length % 2 === 0
        ? Buffer.from(bytes).swap16().toString("utf16le")
        : latin1(bytes),
    fits: (bytes) =>
      bytes.length % 2 === 0 &&
      !/[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/.test(
        Buffer.from(bytes).swap16().toString("utf16le"),
      ),
  },
};

const textOf = ({ tag, value }: Attribute): string =>
  (STRING_TYPES[tag]?.read ?? latin1)(value);

/** The attributes that Go cannot read. It refuses a certificate with such an attribute. */
export const unreadableAttributes = (der: Buffer): string[] =>
  readSets(der)
    .flat()
    .filter(({ tag, value }) => !STRING_TYPES[tag]?.fits(value))
    .map(({ oid }) => SHORT_NAMES[oid] ?? oid);
