// Packs the package twice, for apps on cdktf and for apps on its successor cdktn: `npm run tarballs -- FOLDER`.
import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const destination = resolve(process.argv[2] ?? ".");

/** Packs a folder, and returns the path of the tarball. */
function pack(folder) {
  const args = ["pack", folder, "--pack-destination", destination, "--json"];
  const [{ filename }] = JSON.parse(execFileSync("npm", args).toString());
  return join(destination, filename);
}

/** The names of modules as programs and pages import them. Paths on hosts, for example, are the same with both. */
const IMPORTED = /(?<=\b(?:from |require\(|import\()"@?)cdktf(?=["/-])/g;

const forCdktn = (text) => text.replace(IMPORTED, "cdktn");

const NOTE = `> This is [cdktf-control-plane](README.md) for apps on cdktn.`;

function manifestForCdktn(text) {
  const { peerDependencies, devDependencies, ...manifest } = JSON.parse(text);
  delete manifest.scripts;
}
