import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./cluster";
import { madeOnce } from "./lab/cache";
import { run } from "./lab/shell";
import { say } from "./say";

/** The tools that build the programs in examples/clients, and their purposes. */
const TOOLS: readonly (readonly [command: string, purpose: string])[] = [
  [
    'python3 -c "import venv, ensurepip"',
    "runs the Python client (python3, python3-venv)",
  ],
  ["javac -version", "compiles the Java client (default-jdk-headless)"],
  ["mvn --version", "builds the Java client (maven)"],
  ["npm --version", "installs the JavaScript client (npm)"],
];

const SOURCES = join(REPOSITORY, "examples/clients");
const MADE_HERE = ["node_modules", "target", "__pycache__", ".venv"];

/** Installs the three programs as their READMEs say, and returns the command that starts each of them. */
export function builtClients(): Readonly<Record<string, readonly string[]>> {
  const missing = TOOLS.filter(([command]) => !runs(command));
  if (missing.length > 0)
    throw new Error(
      `the clients cannot be built here:\n${missing.map(([command, purpose]) => `  ${command.split(" ")[0]} is not here, or not all of it: it ${purpose}`).join("\n")}`,
    );
  const directory = madeOnce("clients", sources(SOURCES), say, (to) => {
    cpSync(SOURCES, to, {
      recursive: true,
      filter: (path) => !MADE_HERE.some((name) => path.endsWith(`/${name}`)),
    });
    const python = join(to, "python");
    run(["python3", "-m", "venv", join(python, ".venv")]);
    const pip = [join(python, ".venv/bin/python"), "-m", "pip", "install"];
    run([...pip, "--quiet", "-r", join(python, "requirements.txt")]);
    run(["mvn", "-q", "-B", "-f", join(to, "java/pom.xml"), "package"]);
    run(["npm", "ci", "--prefix", join(to, "javascript"), "--no-audit"]);
  });
  const at = (path: string): string => join(directory, path);
  return {
    Python: [at("python/.venv/bin/python"), at("python/list_and_watch.py")],
    Java: ["java", "-jar", at("java/target/list-and-watch.jar")],
    JavaScript: [process.execPath, at("javascript/list-and-watch.mjs")],
  };
}

/** The source files of a folder. */
function sources(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.endsWith(".md"))
    .filter((path) => !MADE_HERE.some((name) => path.includes(`/${name}/`)))
    .sort()
    .map((path) => `${path}\n${readFileSync(path, "utf8")}`);
}

function runs(command: string): boolean {
  try {
    execFileSync("sh", ["-c", command], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
