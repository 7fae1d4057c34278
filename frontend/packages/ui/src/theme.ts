import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const dock: MantineColorsTuple = [
  "#eef4fb",
  "#d9e6f4",
  "#b3cdea",
  "#88b2df",
  "#639ad4",
  "#3f82c6",
  "#2a6fb4",
  "#1f5c9a",
  "#194b7e",
  "#123862",
];

/** Mantine's dark greys, with a little of the blue. */
const dark: MantineColorsTuple = [
  "#dde2e8",
  "#b6bec8",
  "#98a2ae",
  "#67717d",
  "#3a424c",
  "#2c333b",
  "#22272e",
  "#191d22",
  "#14181c",
  "#0f1215",
];

export const theme = createTheme({
  colors: { dock, dark },
  primaryColor: "dock",
  primaryShade: { light: 7, dark: 7 },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  defaultRadius: "md",
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.375rem" }, h2: { fontSize: "1.0625rem" }, h3: { fontSize: "0.9375rem" } } },
  cursorType: "pointer",
  components: {
    Portal: { defaultProps: { target: "#overlays" } },
    // Its placeholder for the first focus is no menu item, and a menu holds nothing else.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
  focusRing: "auto",
});

/** Mantine's greys for hints are too faint to be read; these pass 4.5:1 on every surface of ours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#55606e",
    "--mantine-color-placeholder": "#667080",
    "--mantine-color-body": "#ffffff",
    "--mantine-color-error": "#c0292b",
    "--cd-canvas": "#f5f7f9",
    "--cd-line": "#e1e6eb",
    "--cd-hover": "#f1f5f9",
    "--cd-good": "#1d7a46",
    "--cd-busy": "#1f5c9a",
    "--cd-warn": "#a55800",
    "--cd-bad": "#c0292b",
    "--cd-idle": "#6b7684",
    "--cd-good-soft": "#e5f4ec",
    "--cd-busy-soft": "#e6f0fa",
    "--cd-warn-soft": "#fdf1e0",
    "--cd-bad-soft": "#fdebea",
    "--cd-idle-soft": "#eef1f4",
  },
  dark: {
    "--mantine-color-dimmed": "#a7b0bb",
    "--mantine-color-placeholder": "#98a2ae",
    "--mantine-color-body": "#191d22",
    "--mantine-color-text": "#dde2e8",
    "--mantine-color-error": "#ff8784",
    "--mantine-color-anchor": "#88b8ec",
    "--mantine-color-default": "#22272e",
    "--mantine-color-default-hover": "#2a3038",
    "--mantine-color-default-border": "#3a424c",
    "--cd-canvas": "#121519",
    "--cd-line": "#2c333b",
    "--cd-hover": "#20262d",
    "--cd-good": "#63cf94",
    "--cd-busy": "#88b8ec",
    "--cd-warn": "#f2b25c",
    "--cd-bad": "#ff8784",
    "--cd-idle": "#9aa4b0",
    "--cd-good-soft": "#163325",
    "--cd-busy-soft": "#18293c",
    "--cd-warn-soft": "#382a15",
    "--cd-bad-soft": "#3d1f20",
    "--cd-idle-soft": "#262c33",
  },
});
