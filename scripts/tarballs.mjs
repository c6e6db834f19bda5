// Packs what is published: the package for cdktf and, made of it, the package for cdktf's successor cdktn. They differ
// only in their names and in the modules that they, and the programs in their pages, import.
//
//     npm run tarballs -- FOLDER
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

const NAME = "cdktf-control-plane";
const NAME_FOR_CDKTN = "cdktn-control-plane";

/** `cdktf` in the name of a module that is imported. Elsewhere it stays: commands and paths are the same with both. */
const IMPORTED = /(?<=(from |require\(|import[ (])"@?)cdktf(?=["/-])/g;

const NOTE = `This is [${NAME}](https://www.npmjs.com/package/${NAME}) for apps on [cdktn](https://cdktn.io), the
successor of CDKTF: where a page says cdktf, read cdktn. The command is \`${NAME}\` here, too.`;

/** How the text of a file changes for cdktn. */
const CHANGES = [
  [/\.(js|d\.ts|md)$/, (text) => text.replace(IMPORTED, "cdktn")],
  [
    /^README\.md$/,
    (text) => text.replace(/^# .*$/m, `# ${NAME_FOR_CDKTN}\n\n${NOTE}`),
  ],
  [
    /^package\.json$/,
    (text) => JSON.stringify(manifestForCdktn(JSON.parse(text)), undefined, 2),
  ],
];

function manifestForCdktn(manifest) {
  return {
    ...manifest,
    name: NAME_FOR_CDKTN,
    description: manifest.description.replace("CDKTF", "CDK Terrain (cdktn)"),
    bin: { [NAME_FOR_CDKTN]: manifest.bin[NAME], ...manifest.bin },
    peerDependencies: {
      cdktn: `^${manifest.devDependencies.cdktn}`,
      constructs: manifest.peerDependencies.constructs,
    },
    peerDependenciesMeta: undefined,
    // They are for the checkout, and npm would run the scripts again.
    devDependencies: undefined,
    scripts: undefined,
  };
}

/** Packs a folder, and returns the path of the tarball. */
function pack(folder, destination) {
  const args = ["pack", folder, "--pack-destination", destination, "--json"];
  const [{ filename }] = JSON.parse(
    execFileSync("npm", args, { encoding: "utf8" }),
  );
  return join(destination, filename);
}

const destination = resolve(process.argv[2] ?? ".");
const temporary = mkdtempSync(join(tmpdir(), "tarballs-"));
try {
  const tarball = pack(".", destination);
  execFileSync("tar", ["-xzf", tarball, "-C", temporary]);
  const folder = join(temporary, "package");
  for (const name of readdirSync(folder, { recursive: true }))
    for (const [names, change] of CHANGES)
      if (names.test(name)) {
        const path = join(folder, name);
        writeFileSync(path, change(readFileSync(path, "utf8")));
      }
  for (const path of [tarball, pack(folder, destination)]) console.log(path);
} finally {
  rmSync(temporary, { recursive: true });
}
