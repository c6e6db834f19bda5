import { dirname, join, relative } from "node:path";
import { fileURLToPath, URL } from "node:url";
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** For each layer of lib/, the layers from which it may import, including types. This enforces the architecture in DESIGN.md. */
const imports = {
  catalog: [],
  request: ["catalog"],
  render: ["catalog", "request"],
  props: ["catalog"],
  terraform: ["catalog", "props", "request"],
  constructs: ["catalog", "props", "render", "request", "terraform"],
  base: ["catalog", "render"],
  pki: ["base", "catalog", "render"],
  store: ["base", "catalog", "request"],
  agent: ["base", "catalog", "pki", "render", "request", "store"],
  cli: ["agent", "base", "catalog", "pki", "request", "store"],
  testing: [
    "base",
    "catalog",
    "cli",
    "props",
    "render",
    "request",
    "store",
    "terraform",
  ],
};

/** The folders of a layer from the bottom up. "" is the layer's own folder. Each folder may import only from earlier ones. */
const folders = {
  catalog: ["", "config", "flags", "hardening"],
  constructs: [
    "",
    "pki",
    "site",
    "kubeadm-config",
    "node",
    "cluster",
    "access",
  ],
  agent: [
    "hosts",
    "cluster",
    "etcd",
    "health",
    "backup",
    "preflight",
    "upgrade",
    "kubeconfig",
    "processes",
    "make",
    "encryption",
    "rollout",
    "local",
    "",
  ],
  cli: ["", "plan", "report", "model", "picture", "page", "commands"],
};

/** The only layers that may import CDKTF. */
const withCdktf = ["props", "terraform", "constructs", "testing"];

const lib = fileURLToPath(new URL("lib", import.meta.url));

/** The layer of a file, and its folder within the layer. */
const placeOf = (path) => {
  const [layer, folder, ...rest] = relative(lib, path).split("/");
  return { layer, folder: rest.length > 0 ? folder : "" };
};

/** Refuses imports from layers that are not listed, and from later folders of the same layer. */
const layering = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const { layer, folder } = placeOf(context.filename);
    const allowed = imports[layer];
    const order = folders[layer] ?? [""];
    const check = ({ source }) => {
      if (source === null) return;
      const report = (message) =>
        context.report({ node: source, message: `${message} See DESIGN.md.` });
      if (/^(cdktf|constructs|@cdktf\/.*)$/.test(source.value)) {
        if (!withCdktf.includes(layer))
          report(`lib/${layer} must not import cdktf.`);
      } else if (source.value.startsWith(".")) {
        const target = placeOf(join(dirname(context.filename), source.value));
        if (target.layer !== layer && !allowed.includes(target.layer))
          report(
            `lib/${layer} may import only: ${allowed.join(", ") || "nothing"}.`,
          );
        if (
          target.layer === layer &&
          order.indexOf(target.folder) > order.indexOf(folder)
        )
          report(
            `lib/${layer}/${folder} may import only from the folders below it: ${order.slice(0, order.indexOf(folder)).join(", ")}.`,
          );
      }
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
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "SpreadElement > :matches(ArrayExpression, ObjectExpression)",
          message:
            "Do not spread a literal. Write its items directly into the list or object.",
        },
      ],
    },
  },
  {
    files: ["**/*.ts", "**/*.mjs"],
    // `npm run docs` writes this one, a line for each prop.
    ignores: ["lib/props/table.ts"],
    rules: { "max-lines": ["error", 300] },
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
