import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** What each folder may import: the architecture in DESIGN.md, enforced. */
const layers = {
  catalog: [],
  render: ["catalog"],
  request: ["agent/request", "catalog"],
  terraform: ["agent/request", "catalog/paths", "request"],
  constructs: ["catalog", "render", "terraform"],
  agent: ["catalog", "render"],
  cli: ["catalog", "agent", "request"],
};
const cdktfLayers = ["terraform", "constructs"];

/** A file of a layer, or of a folder in it, leaves the layer by one step up more. */
const depths = [
  { files: "*.ts", up: "\\.\\./" },
  { files: "*/*.ts", up: "\\.\\./\\.\\./" },
];

const layerRules = Object.entries(layers).flatMap(([layer, allowed]) =>
  depths.map(({ files, up }) => ({
    files: [`lib/${layer}/${files}`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^${up}(?!(${[layer, ...allowed].join("|")})(/|$))`,
              message: `lib/${layer} may import only: ${allowed.join(", ") || "nothing"}. See DESIGN.md.`,
            },
            ...(cdktfLayers.includes(layer)
              ? []
              : [
                  {
                    regex: "^(cdktf|constructs|@cdktf/.*)$",
                    message: `lib/${layer} knows nothing of cdktf. See DESIGN.md.`,
                  },
                ]),
          ],
        },
      ],
    },
  })),
);

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
          ...["process", "console", "AbortController"],
          ...["setTimeout", "clearTimeout"],
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  ...layerRules,
);
