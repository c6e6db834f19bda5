// VitePress' own theme, and a choice of versions. Each version is a site of its own, to which VitePress cannot link.
import { withBase } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { h } from "vue";
import { current, versions } from "../site.json";

const choice = () =>
  h(
    "select",
    {
      "aria-label": "Version",
      class: "versions",
      style: "margin-left: 16px; appearance: auto",
      onChange: ({ target }) => {
        globalThis.location.href = withBase("/").replace(
          new RegExp(`${current}/$`),
          `${target.value}/`,
        );
      },
    },
    versions.map((version) =>
      h("option", { value: version, selected: version === current }, version),
    ),
  );

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      "nav-bar-content-after": choice,
      "nav-screen-content-after": choice,
    }),
};
