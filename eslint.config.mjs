import { dirname, join, relative } from "node:path";
import { fileURLToPath, URL } from "node:url";
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** What the files of each folder of lib/ may import, types included: the architecture in DESIGN.md, enforced. */
const imports = {
  catalog: [],
  render: ["catalog"],
  request: ["catalog", "render"],
  terraform: ["catalog", "request"],
  constructs: ["catalog", "render", "terraform"],
  base: ["catalog", "render"],
  pki: ["base", "catalog", "render"],
  store: ["base", "catalog", "request"],
  agent: ["base", "catalog", "pki", "render", "request", "store"],
  cli: ["agent", "base", "catalog", "pki", "request", "store"],
};
/** The only folders that know CDKTF. */
const withCdktf = ["terraform", "constructs"];

const lib = fileURLToPath(new URL("lib", import.meta.url));
const layerOf = (path) => relative(lib, path).split("/")[0];

/** A relative import that leaves its layer for one that is not below it. */
const layering = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const layer = layerOf(context.filename);
    const allowed = imports[layer];
    if (allowed === undefined) return {};
    const check = ({ source }) => {
      if (source === null) return;
      const name = source.value;
      if (!name.startsWith(".")) {
        if (!/^(cdktf|constructs|@cdktf\/.*)$/.test(name)) return;
        if (!withCdktf.includes(layer))
          context.report({
            node: source,
            message: `lib/${layer} knows nothing of cdktf. See DESIGN.md.`,
          });
        return;
      }
      const target = layerOf(join(dirname(context.filename), name));
      if (target !== layer && !allowed.includes(target))
        context.report({
          node: source,
          message: `lib/${layer} may import only: ${allowed.join(", ") || "nothing"}. See DESIGN.md.`,
        });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "cdktf.out/",
      "**/*.js",
      "**/*.d.ts",
      "docs/api/",
      "**/node_modules/",
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "AbortController",
          "setTimeout",
          "clearTimeout",
          "URL",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["lib/*/**/*.ts"],
    plugins: { house: { rules: { layering } } },
    rules: { "house/layering": "error" },
  },
);
