import { inflateRawSync } from "node:zlib";

/** All texts in a plan file, which is a zip archive. */
export function textsIn(plan: Buffer): string {
  const texts: string[] = [];
  const HEADER = Buffer.from("PK\x01\x02", "latin1");
  for (let at = 0; (at = plan.indexOf(HEADER, at)) !== -1; at++) {
    const [size, local] = [20, 42].map((field) =>
      plan.readUInt32LE(at + field),
    );
    const [name, extra] = [26, 28].map((field) =>
      plan.readUInt16LE(local + field),
    );
    const start = local + 30 + name + extra;
    const content = plan.subarray(start, start + size);
    const isPacked = plan.readUInt16LE(at + 10) !== 0;
    texts.push(String(isPacked ? inflateRawSync(content) : content));
  }
  return texts.join("\n");
}

/** Parts of a key: each line of the PEM, and the whole as kubeconfigs have it. */
export const partsOf = (key: string): string[] => [
  ...key.trim().split("\n").slice(1, -1),
  Buffer.from(key).toString("base64").slice(0, 60),
];
