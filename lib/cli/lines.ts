import { StringDecoder } from "node:string_decoder";
import { LIMITS } from "../base/limits";

/**
 * Calls `onLine` with each line of a stream as it arrives, without its line break. A line longer than `limit`
 * characters, which no real message is, is cut.
 */
export function eachLine(
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
  limit: number = LIMITS.message,
): void {
  const decoder = new StringDecoder("utf8");
  let parts: string[] = [];
  let length = 0;
  const add = (text: string): void => {
    if (length < limit) parts.push(text.slice(0, limit - length));
    length += text.length;
  };
  const end = (): void => {
    const line = parts.join("");
    parts = [];
    length = 0;
    onLine(line.replace(/\r$/, ""));
  };
  stream.on("data", (chunk: Buffer) => {
    const [rest, ...next] = decoder.write(chunk).split("\n");
    add(rest);
    for (const text of next) {
      end();
      add(text);
    }
  });
  stream.on("end", () => {
    add(decoder.end());
    if (length > 0) end();
  });
}
