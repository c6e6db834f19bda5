import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function temporaryFile(content: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), "pem-")), "file.pem");
  writeFileSync(path, content);
  return path;
}
